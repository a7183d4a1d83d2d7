"""Figure 5: the cross entropy and the quadratic cost of a tiny network, over two weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from glorot_repro.config.scales import PAPER
from glorot_repro.report.comparison import panel_rows
from glorot_repro.report.cost_surface import INPUT, SURFACES, TARGET, cost_panels, cost_surface
from glorot_repro.report.digitized import printed_figure
from glorot_repro.report.sheet import Sheet
from glorot_repro.report.style import MEDIUM, PAPER_LINE
from glorot_repro.report.tables import Table, number_text
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AZIMUTH, ELEVATION = -56.6, 13.6
"""Degrees: from where the printed figure looks, in an orthographic projection."""

N_LINES = 33
"""Of the mesh, each way."""

LINES: dict[str, dict[str, Any]] = {
    "cross entropy": {"color": "#000000", "linestyle": "-"},
    "quadratic": {"color": "#c0392b", "linestyle": (0, (5, 1.2))},
}
"""Black and red, as in the paper."""

_PAPER_POINTS: dict[str, Any] = {
    "color": PAPER_LINE["color"], "linestyle": "", "marker": "o", "markersize": 2.6
}  # fmt: skip


def cost_figure(
    records: Sequence[RunRecord], *, overrides: Sequence[str] = (), scale: str = PAPER
) -> "Figure":
    """Both surfaces as the paper shows them, a cut along their printed edge, and the agreement.

    overrides and scale: without effect, since no network is trained.
    """
    sheet = Sheet()
    sheet.title("(a) cost over W1 (first layer) and W2 (output layer)")
    sheet.wide(2.35, draw_surfaces, projection="3d")
    sheet.title("(b) along the edge W2 = 4")
    sheet.plot(1.35, draw_edge, x_label="W1")
    table = _table(records)
    sheet.wide(table.height, table.draw)
    sheet.caption(
        f"One input, one hidden and one output unit, both tanh; input {INPUT:g} and target "
        f"{TARGET:g} are fitted to the print, since the paper says only that they are random. "
        "Gray: printed edge and corners of the paper's figure 5. Table: root mean square "
        "difference from the points read off the print, and the same in reading errors. Nothing "
        "is trained.",
        "glorot-repro figures fig05",
    )
    return sheet.figure()


def draw_surfaces(axes: "Axes") -> None:
    """The two surfaces over the printed edge and corners; `axes` are three-dimensional."""
    space: Any = axes
    weights = np.linspace(-4, 4, N_LINES)
    first, second = np.meshgrid(weights, weights)
    space.set_proj_type("ortho")
    space.view_init(elev=ELEVATION, azim=AZIMUTH)
    for name in SURFACES:
        costs = cost_surface(name, first, second)
        color = LINES[name]["color"]
        space.plot_surface(
            first, second, costs, rcount=N_LINES, ccount=N_LINES, color="white", shade=False,
            edgecolor=color, linewidth=0.35,
        )  # fmt: skip
    for points in _notable_points():
        space.plot(points[:, 0], points[:, 1], points[:, 2], **_PAPER_POINTS, zorder=20)
    space.set_xlabel("W1", labelpad=-10)
    space.set_ylabel("W2", labelpad=-10)
    space.set_zlabel("cost", labelpad=-10)
    space.set_zlim(0, 5)
    space.tick_params(pad=-4)
    space.set_xticks([-4, -2, 0, 2, 4])
    space.set_yticks([-4, -2, 0, 2, 4])
    space.set_box_aspect((1, 1, 0.72), zoom=1.15)


def draw_edge(axes: "Axes") -> None:
    """Both costs along W2 = 4, over what was read off the print."""
    panel = printed_figure("fig05").panel("main")
    edge = panel.named("cross entropy along W2 = 4")
    wide = {**PAPER_LINE, "linewidth": 2.8}
    axes.plot(edge.x, edge.y, **wide, solid_capstyle="butt", zorder=1)
    for points in _notable_points():
        on_edge = points[points[:, 1] == 4]
        axes.plot(on_edge[:, 0], on_edge[:, 2], **_PAPER_POINTS, zorder=1, clip_on=False)
    weights = np.linspace(-4, 4, 201)
    for name, place in (("cross entropy", (0.0, 4.1)), ("quadratic", (2.5, 0.8))):
        costs = cost_surface(name, weights, np.full(1, 4.0))
        axes.plot(weights, costs, linewidth=0.9, **LINES[name])
        axes.text(*place, name, ha="center", fontsize=MEDIUM)
    axes.set_xlim(-4, 4)
    axes.set_ylim(0, panel.y.range[1])
    axes.set_ylabel("cost")


def _table(records: Sequence[RunRecord]) -> Table:
    rows = panel_rows("fig05", cost_panels(records))
    return Table(
        names=["read off the print", "points", "rms", "errors"],
        ends=[0.5, 0.72, 0.86, 1.0],
        rows=[
            (
                LINES[row.panel.replace("_", " ")] | {"linewidth": 0.9},
                [
                    row.curve.replace(" (W1, W2, cost)", ""),
                    str(row.n_points),
                    number_text(row.rms_difference),
                    number_text(row.rms),
                ],
            )
            for row in rows
        ],
    )


def _notable_points() -> list[np.ndarray]:
    panel = printed_figure("fig05").panel("main")
    return [series.points for series in panel.series if series.points.shape[1] == 3]
