"""The laboratory of Glorot & Bengio (2010): how variance flows through a deep network.

In a program or a notebook, see docs/notebook.md:

    run          train the runs of an experiment and return them
    load_run     a run that is there, from its directory
    plot_curves, plot_layers, plot_histograms, plot_ridge
                 draw a run into axes

They are imported when they are first used: `import glorot_repro` alone loads nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glorot_repro.report.run_plots import plot_curves, plot_histograms, plot_layers, plot_ridge
    from glorot_repro.runs.notebook import run
    from glorot_repro.runs.reading import RunRecord, load_run

__version__ = "0.1.0"

__all__ = [
    "RunRecord",
    "load_run",
    "plot_curves",
    "plot_histograms",
    "plot_layers",
    "plot_ridge",
    "run",
]

_MODULES = {
    "RunRecord": "runs.reading",
    "load_run": "runs.reading",
    "plot_curves": "report.run_plots",
    "plot_histograms": "report.run_plots",
    "plot_layers": "report.run_plots",
    "plot_ridge": "report.run_plots",
    "run": "runs.notebook",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        message = f"module 'glorot_repro' has no attribute '{name}'"
        raise AttributeError(message)
    value = getattr(import_module(f"glorot_repro.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
