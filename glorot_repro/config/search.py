"""The options of `search`, written beside its axes: how the candidates compete."""

from typing import Annotated, Literal

from pydantic import Field

from glorot_repro.section import Count, CountOrNone, Section


class SearchSection(Section):
    """How the candidates of a grid point compete by validation error."""

    method: Literal["grid", "halving"] = Field(
        "grid",
        description="grid trains every candidate to the end; halving stops the worst on the way",
    )
    factor: Annotated[int, Field(ge=2, le=1000)] = Field(
        3,
        description="halving: one in so many candidates goes on, to so many times the updates",
    )
    first_updates: Count = Field(
        20_000,
        description="halving: updates before the first choice, rounded up to an evaluation, "
        "which has to lie before the end",
    )
    window: CountOrNone = Field(
        0,
        description="the last so many evaluations, of which the lowest validation error counts; "
        "0 is all of them",
    )
