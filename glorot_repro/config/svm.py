"""The svm section: the support vector machine that the paper compares its networks with."""

from typing import Annotated

from pydantic import Field

from glorot_repro.section import Count, Section

Positive = Annotated[float, Field(gt=0, strict=True)]
Positives = Annotated[tuple[Positive, ...], Field(min_length=1)]


class SvmSection(Section):
    """`glorot-repro svm`: an RBF kernel, with C and gamma chosen by validation error (section 5).

    It is no part of a run: a network on the same images has the same address with any of it.
    """

    C: Positives = Field((1.0, 10.0, 100.0), description="costs of a training example out of place")
    gamma: Positives = Field(
        (0.0003, 0.001, 0.003, 0.01, 0.03),
        description="of the kernel exp(-gamma |x - y|^2), on network inputs",
    )
    search_examples: Count = Field(
        2000, description="training and validation examples on which all pairs of C and gamma meet"
    )
    finalists: Count = Field(
        3,
        description="pairs, the best of the search, that are trained on all training examples and "
        "judged on all validation examples",
    )
