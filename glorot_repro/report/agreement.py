"""How far the measured spreads and peaks of figures 6 to 8 are from the printed ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glorot_repro.report.densities import Measured, layer_densities
from glorot_repro.report.digitized import printed_figure
from glorot_repro.report.panels import INITIALIZER_PANELS
from glorot_repro.runs.reading import RunRecord

HISTOGRAM_QUANTITIES: Mapping[str, str] = {
    "fig06": "activation",
    "fig07": "backprop",
    "fig08": "weight_gradient",
}
"""Figure -> the quantity whose densities it shows."""


@dataclass(frozen=True)
class AgreementRow:
    """One layer of one panel: `statistic` is `std` or `peak`, in the units of the figure.

    spread: standard deviation over seeds, NaN for one seed. relative_difference: measured /
    printed - 1.
    """

    figure: str
    panel: str
    layer: int
    statistic: str
    measured: float
    spread: float
    n_seeds: int
    printed: float

    @property
    def relative_difference(self) -> float:
        """measured / printed - 1."""
        return self.measured / self.printed - 1


def agreement(records: Sequence[RunRecord], figure: str) -> list[AgreementRow]:
    """Rows of `fig06`, `fig07` or `fig08`, by panel, layer and statistic.

    Only networks of as many layers as the printed one are compared, since a layer's gradient
    depends on the number of layers above it. Raises KeyError for another figure.
    """
    quantity = HISTOGRAM_QUANTITIES[figure]
    printed = printed_figure(figure)
    rows: list[AgreementRow] = []
    for panel in INITIALIZER_PANELS:
        runs = panel.records(records)
        printed_panel = printed.panel(panel.printed)
        if not runs or runs[0].config.model.depth != len(printed_panel.series):
            continue
        for density in layer_densities(runs, quantity):
            series = printed_panel.of_layer(density.layer)
            if series is None:
                continue
            statistics: dict[str, Measured] = {"std": density.std, "peak": density.peak}
            rows.extend(
                AgreementRow(
                    figure,
                    panel.name,
                    density.layer,
                    statistic,
                    measured.mean,
                    measured.spread,
                    len(runs),
                    float(series.derived[statistic]),
                )
                for statistic, measured in statistics.items()
            )
    return rows
