"""Whether the panels of a figure show the networks that it is asked to train."""

from collections.abc import Sequence

from glorot_repro.config.experiment import Experiment
from glorot_repro.errors import ConfigError
from glorot_repro.report.errors_over_time import ERROR_FIGURES
from glorot_repro.report.histogram_panels import HISTOGRAM_FIGURES
from glorot_repro.report.models import Model
from glorot_repro.report.over_time import TIME_FIGURES
from glorot_repro.wording import LONGEST_LIST, listed, one_line, shortened


def models_of(figure: str) -> list[Model]:
    """The models that a figure shows; none of one that shows any run, or needs none."""
    panels = [
        *(HISTOGRAM_FIGURES[figure].panels if figure in HISTOGRAM_FIGURES else ()),
        *(TIME_FIGURES[figure].panels if figure in TIME_FIGURES else ()),
        *(one for panel in ERROR_FIGURES.get(figure, ()) for one in panel.models),
    ]
    return [model for model, _ in panels]


def require_shown(figure: str, experiment: Experiment, overrides: Sequence[str]) -> None:
    """Raises ConfigError if overrides make networks that no panel of their figure shows."""
    models = models_of(figure)
    if not overrides or not models:
        return
    if all(any(model.shows(run) for model in models) for run in experiment.runs):
        return
    given = one_line(shortened(" ".join(overrides)))
    names = listed(list(dict.fromkeys(map(_name, models))), LONGEST_LIST, separator="; ")
    message = f"{figure}: {given} makes networks that none of its panels shows; they show: {names}"
    raise ConfigError(message)


def _name(model: Model) -> str:
    on = f" on {model.dataset}" if model.dataset else ""
    return (model.title or model.name) + on
