"""`config`, `configs` and `schema`: look at configurations without running them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glorot_repro.cli.options import (
    RESULTS,
    ConfigArgument,
    DataDirOption,
    JsonOption,
    OverridesArgument,
    ResultsOption,
    ScaleOption,
)
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import duration

if TYPE_CHECKING:
    from glorot_repro.config.schema import RunConfig


def config(
    config: ConfigArgument,
    overrides: OverridesArgument = None,
    scale: ScaleOption = None,
    results: ResultsOption = RESULTS,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Print the resolved runs of an experiment, with their cost; train nothing."""
    from glorot_repro.config.experiment import expand_runs, load_experiment

    runs = [
        _described(run, results)
        for run in expand_runs(load_experiment(config, overrides or [], scale))
    ]
    if json_output:
        typer.echo(strict_json({"runs": [fields for fields, _ in runs]}))
        return
    for fields, yaml in runs:
        typer.echo(f"# {fields['directory']}")
        typer.echo(
            f"# {fields['updates']:,} updates, {fields['parameters']:,} parameters, "
            f"about {fields['memory_mb']:,} MB and {duration(fields['seconds'])} on one core"
        )
        typer.echo(yaml)


def configs(
    copy: Annotated[
        Path | None,
        typer.Option(
            "--copy", metavar="DIR", help="Copy the YAML files into DIR.", show_default=False
        ),
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """List the experiments that come with the package, or copy their YAML files."""
    from glorot_repro.cli.columns import print_columns
    from glorot_repro.config.shipped import copy_configs

    if copy is not None:
        copied = [str(path) for path in copy_configs(copy)]
        typer.echo(strict_json({"copied": copied}) if json_output else "\n".join(copied))
        return
    listed = _shipped()
    if json_output:
        typer.echo(strict_json({"configs": listed}))
        return
    rows = [
        (one["name"], str(one["runs"]), " ".join(one["scales"]), one["description"])
        for one in listed
    ]
    print_columns(("name", "runs", "scales", "description"), rows, right=("runs",))


def _shipped() -> list[dict[str, Any]]:
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.config.shipped import config_path, packaged_configs

    listed = []
    for name in packaged_configs():
        path = config_path(name)
        experiment = load_experiment(path)
        listed.append(
            {
                "name": name,
                "description": experiment.description,
                "scales": list(experiment.scales),
                "runs": len(experiment.runs),
                "file": str(path),
            }
        )
    return listed


def schema() -> None:
    """Print the JSON schema of the YAML, for editors."""
    from glorot_repro.config.experiment import json_schema

    typer.echo(strict_json(json_schema()))


def _described(run: "RunConfig", results: Path) -> tuple[dict[str, Any], str]:
    from glorot_repro.runs.cost import estimated_cost
    from glorot_repro.runs.paths import run_directory

    cost = estimated_cost(run)
    fields = {
        "directory": str(run_directory(results, run).path),
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
