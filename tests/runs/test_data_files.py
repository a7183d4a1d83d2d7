"""Data that are not the authors' own are named beside the results."""

import json
from pathlib import Path

from conftest import Run

from glorot_repro.runs.data_files import unofficial_data_note

NAMES = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]


def test_files_of_several_runs_are_named_once_and_counted() -> None:
    infos = [{"unofficial_data_files": NAMES[:2]}, {"unofficial_data_files": NAMES[1:3]}, {}]
    note = unofficial_data_note(infos)
    assert note == (
        "data files that are not the authors' own: data_batch_1.bin, data_batch_2.bin, "
        "data_batch_3.bin"
    )
    assert (unofficial_data_note([{"unofficial_data_files": NAMES}]) or "").endswith("and 1 more")


def test_official_and_generated_data_need_no_note() -> None:
    assert unofficial_data_note([{"unofficial_data_files": []}, {}]) is None
    assert unofficial_data_note([]) is None


def test_the_summary_and_show_name_the_files(cli: Run, small_config: Path, tmp_path: Path) -> None:
    note = "data files that are not the authors' own: data_batch_1.bin"
    first = cli("run", str(small_config))
    assert "authors" not in first.stdout + cli("show", "seed0").stdout
    (path,) = (tmp_path / "results").rglob("run.json")
    info = json.loads(path.read_bytes())
    path.write_text(json.dumps({**info, "unofficial_data_files": NAMES[:1]}))
    assert note in cli("run", str(small_config)).stdout.splitlines()
    shown = cli("show", "seed0").stdout
    assert "not the authors' own: data_batch_1.bin" in " ".join(shown.split())
