"""How far a curve of ours is from the printed one, as a number."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from glorot_repro.report.panels import Curve, Panel


@dataclass(frozen=True)
class AgreementRow:
    """One printed curve against ours, at the printed points that our runs have reached.

    rms: root mean square of the differences, each in units of its error, which is the reading
    error of the point and the spread between our seeds, added in quadrature; the spread is that
    of the whole curve (root mean square over its points), since few seeds know it badly point by
    point. With one seed it is unknown (NaN), and the error is the reading error alone.
    rms_difference, reading_error, spread: in the units of the figure. worst_*: the point that is
    the most errors away. updates: what our runs have reached. NaN where nothing is compared.
    """

    figure: str
    panel: str
    curve: str
    quantity: str
    side: str
    n_points: int
    n_printed: int
    rms: float
    rms_difference: float
    reading_error: float
    spread: float
    n_seeds: int
    updates: int
    worst_x: float
    worst_ours: float
    worst_printed: float
    worst: float


def compare(figure: str, panel: Panel, curve: Curve) -> AgreementRow | None:
    """The row of one curve; None where there is no printed one."""
    if curve.printed is None:
        return None
    printed = curve.printed
    ours = curve.ours.at(printed.x)
    difference = ours.mean - printed.y
    at = np.flatnonzero(np.isfinite(difference))
    reading = printed.point_errors
    known_spread = ours.spread[at][np.isfinite(ours.spread[at])]
    spread = _rms(known_spread)
    in_errors = difference[at] / np.hypot(reading[at], 0.0 if math.isnan(spread) else spread)
    row: dict[str, float] = dict.fromkeys(
        ("worst_x", "worst_ours", "worst_printed", "worst"), math.nan
    )
    if len(at):
        worst = int(np.argmax(np.abs(in_errors)))
        row = {
            "worst_x": float(printed.x[at[worst]]),
            "worst_ours": float(ours.mean[at[worst]]),
            "worst_printed": float(printed.y[at[worst]]),
            "worst": float(in_errors[worst]),
        }
    return AgreementRow(
        figure=figure,
        panel=panel.name,
        curve=curve.label,
        quantity=curve.quantity,
        side=curve.side,
        n_points=len(at),
        n_printed=int(np.isfinite(printed.y).sum()),
        rms=_rms(in_errors),
        rms_difference=_rms(difference[at]),
        reading_error=_rms(reading[at]),
        spread=spread,
        n_seeds=len(curve.records),
        updates=curve.updates,
        **row,
    )


def panel_rows(figure: str, panels: Iterable[Panel]) -> list[AgreementRow]:
    """The rows of all curves that have a printed one, in the order of the panels."""
    rows = (compare(figure, panel, curve) for panel in panels for curve in panel.curves)
    return [row for row in rows if row is not None]


def together(rows: Sequence[AgreementRow]) -> tuple[float, float]:
    """rms and rms_difference over all compared points of several rows; NaN of none."""
    rows = [row for row in rows if row.n_points]
    n_points = sum(row.n_points for row in rows)
    if not n_points:
        return math.nan, math.nan
    rms, difference = (
        math.sqrt(sum(row.n_points * value(row) ** 2 for row in rows) / n_points)
        for value in (lambda row: row.rms, lambda row: row.rms_difference)
    )
    return rms, difference


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if len(values) else math.nan
