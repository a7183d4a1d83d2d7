"""`config` and `schema`: look at a configuration without running it."""

import json
from typing import TYPE_CHECKING, Any

import typer

from glorot_repro.cli.duration import duration
from glorot_repro.cli.options import (
    RESULTS,
    ConfigArgument,
    JsonOption,
    OverridesArgument,
    ResultsOption,
    ScaleOption,
)

if TYPE_CHECKING:
    from glorot_repro.config.schema import RunConfig


def config(
    config: ConfigArgument,
    overrides: OverridesArgument = None,
    scale: ScaleOption = None,
    results: ResultsOption = RESULTS,
    json_output: JsonOption = False,
) -> None:
    """Print the resolved runs of an experiment, with their cost; train nothing."""
    from glorot_repro.config.experiment import expand_runs, load_experiment

    runs = [
        _described(run, str(results))
        for run in expand_runs(load_experiment(config, overrides or [], scale))
    ]
    if json_output:
        typer.echo(json.dumps({"runs": [fields for fields, _ in runs]}, indent=2, allow_nan=False))
        return
    for fields, yaml in runs:
        typer.echo(f"# {fields['directory']}")
        typer.echo(
            f"# {fields['updates']:,} updates, {fields['parameters']:,} parameters, "
            f"about {fields['memory_mb']:,} MB and {duration(fields['seconds'])} on one core"
        )
        typer.echo(yaml)


def schema() -> None:
    """Print the JSON schema of the YAML, for editors."""
    from glorot_repro.config.experiment import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, allow_nan=False))


def _described(run: "RunConfig", results: str) -> tuple[dict[str, Any], str]:
    from glorot_repro.runs.cost import estimated_cost

    cost = estimated_cost(run)
    fields = {
        "directory": f"{results}/{run.scale}/{run.experiment}/{run.address}",
        "updates": run.training.updates,
        "parameters": cost.n_parameters,
        "memory_mb": cost.memory_mb,
        "seconds": round(cost.seconds, 1),
        "point": run.point,
        "candidate": run.candidate,
        "seed": run.seed,
        "config": run.model_dump(mode="json"),
    }
    return fields, run.to_yaml()
