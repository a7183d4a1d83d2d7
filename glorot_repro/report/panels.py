"""What a figure shows, before it is drawn: panels of curves, each beside its printed one."""

from collections.abc import Sequence
from dataclasses import dataclass

from glorot_repro.report.digitized import PrintedSeries
from glorot_repro.report.seed_curves import SeedCurves
from glorot_repro.runs.reading import RunRecord


@dataclass(frozen=True, eq=False)
class Curve:
    """One quantity of equal networks, and the printed curve that it is held against.

    label: `layer 2`, `Tanh N`. ours: in the units of the print, empty if nothing is run.
    printed: None where the paper prints nothing comparable. side: as in the printed series.
    updates: after which ours were measured; of a curve over time, those of its end.
    """

    label: str
    quantity: str
    ours: SeedCurves
    printed: PrintedSeries | None = None
    layer: int | None = None
    side: str = ""
    updates: int = 0
    records: Sequence[RunRecord] = ()


@dataclass(frozen=True, eq=False)
class Panel:
    """One panel: its curves, drawn or only compared, and the runs that they come from."""

    name: str
    title: str
    curves: Sequence[Curve]
    records: Sequence[RunRecord] = ()
