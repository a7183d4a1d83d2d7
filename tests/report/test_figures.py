import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from legibility import assert_texts_apart
from matplotlib.text import Text

from glorot_repro.data.shapeset import Shapeset
from glorot_repro.errors import ConfigError
from glorot_repro.report.figures import FIGURES, draw_figure
from glorot_repro.report.style import COLUMN_WIDTH, PNG_DPI, figure_bytes
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]

STARTS = {".png": b"\x89PNG\r\n", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("name", ["fig01", "fig05", "fig06", "fig11"])
def test_a_figure_is_the_same_bytes_each_time(
    name: str, make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = Shapeset().sample(10, seed=1)
    records = [make_record(samples={"images": images, "labels": labels})]
    first = draw_figure(name, records, tmp_path / "first")
    # Neither the day nor the settings of the reader's matplotlib may matter.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    with mpl.rc_context({"svg.hashsalt": "other", "font.size": 20, "savefig.dpi": 50}):
        second = draw_figure(name, records, tmp_path / "second")
    assert [path.name for path in first] == [f"{name}.png", f"{name}.svg", f"{name}.pdf"]
    for one, other in zip(first, second, strict=True):
        data = one.read_bytes()
        assert data.startswith(STARTS[one.suffix])
        assert data == other.read_bytes()
    width = np.frombuffer(first[0].read_bytes()[16:20], ">u4")[0]
    assert width == round(COLUMN_WIDTH * PNG_DPI)


def test_other_runs_give_another_figure(make_record: MakeRecord) -> None:
    one, other = (
        figure_bytes(FIGURES["fig06"]([make_record(stds=[std] * 5)]), "svg") for std in (0.1, 0.2)
    )
    assert one != other


def test_an_unknown_figure_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'fig06'"):
        draw_figure("fig6", [], tmp_path)
    assert not list(tmp_path.iterdir())


def test_names_of_figures_cost_no_matplotlib_and_drawing_no_pyplot(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from glorot_repro.report.figures import draw_figure\n"
        "assert 'matplotlib' not in sys.modules\n"
        "draw_figure('fig06', [], Path(sys.argv[1]))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["fig02", "fig04", "fig05", "fig09", "fig12"])
def test_texts_of_a_figure_without_runs_are_apart(name: str) -> None:
    assert_texts_apart(FIGURES[name]([]))


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "fig05"])
def test_the_command_below_a_figure_has_its_overrides(name: str, make_record: MakeRecord) -> None:
    overrides = ["training.cost={name: x}", "dataset.range=[0,1]", "seeds=[0,1]"]
    of_none = FIGURES[name]([], overrides=overrides).findobj(Text)
    # In quotes, since zsh takes brackets for a pattern of file names.
    expected = f"run {name} 'training.cost={{name: x}}' 'dataset.range=[0,1]' 'seeds=[0,1]'"
    assert expected in _one_line(of_none[-1])
    of_one = FIGURES[name]([make_record()], overrides=overrides).findobj(Text)
    # The seeds are those of the runs that are drawn.
    expected = "'seeds=[0]' 'training.cost={name: x}' 'dataset.range=[0,1]'"
    assert expected in _one_line(of_one[-1])


def _one_line(text: Text) -> str:
    return " ".join(text.get_text().split())
