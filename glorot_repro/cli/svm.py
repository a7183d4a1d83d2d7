"""`svm`: the support vector machine that the paper compares its networks with."""

from pathlib import Path
from typing import Annotated, Any

import typer

from glorot_repro.cli.options import (
    RESULTS,
    ConfigArgument,
    DataDirOption,
    JsonOption,
    OverridesArgument,
    QuietOption,
    ResultsOption,
)
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import counted, duration


def svm(
    config: ConfigArgument,
    overrides: OverridesArgument = None,
    scale: Annotated[
        str | None,
        typer.Option(
            "--scale",
            help="A scale of the YAML; by default quick (10,000 examples of svm.yaml), or the file "
            "as it stands if it has no quick.",
            show_default=False,
        ),
    ] = None,
    results: ResultsOption = RESULTS,
    estimate_only: Annotated[
        bool, typer.Option("--estimate", help="Print the estimate of the time, and stop.")
    ] = False,
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Train an RBF SVM on the training images of an experiment, C and gamma by validation error.

    Needs scikit-learn: pip install 'glorot_repro[baselines]'. Trains no network.
    """
    from glorot_repro.baselines.experiment import SvmExperiment
    from glorot_repro.config.experiment import load_experiment

    def tell(line: str) -> None:
        if not quiet:
            typer.echo(line, err=True)

    one_each = {
        (run.dataset, run.svm, run.seed): run
        for run in load_experiment(config, overrides or [], scale or _default_scale(config)).runs
    }
    reports: list[dict[str, Any]] = []
    for run in one_each.values():
        experiment = SvmExperiment(run)
        estimate = experiment.estimated_seconds()
        examples = counted(experiment.n_examples, "example")
        tell(f"{examples}: about {duration(estimate)} on a core like this")
        if estimate_only:
            reports.append({"n_examples": experiment.n_examples, "estimated_seconds": estimate})
            continue
        outcome = experiment.run(tell)
        report = experiment.report(outcome, estimate)
        path = experiment.write(outcome, report, results)
        reports.append({"file": str(path), **report})
        if not (quiet or json_output):
            typer.echo(
                f"test error {outcome.test_error:.2f} % with C {outcome.best.C:g} and gamma "
                f"{outcome.best.gamma:g}, {counted(outcome.n_support, 'support vector')}, in "
                f"{duration(outcome.seconds)}: {path}"
            )
    if json_output:
        typer.echo(strict_json({"machines": reports}))


def _default_scale(config: Path) -> str | None:
    """A machine of all the examples may take days; a file of the user's own may have no scales."""
    from glorot_repro.config.loader import read_document
    from glorot_repro.config.scales import scales_of

    return "quick" if "quick" in scales_of(read_document(config).root) else None
