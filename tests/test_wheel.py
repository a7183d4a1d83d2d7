"""What `pip install glorot_repro` brings, without a clone."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the tools at hand: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_carries_all_configurations_types_and_the_paper(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for path in (ROOT / "configs").rglob("*.yaml"):
            inside = f"glorot_repro/configs/{path.relative_to(ROOT / 'configs').as_posix()}"
            assert archive.read(inside) == path.read_bytes()
    assert {"glorot_repro/py.typed", "glorot_repro/paper/fig06.json"} <= names
    assert all(name.startswith(("glorot_repro/", "glorot_repro-")) for name in names)
    assert not [name for name in names if "__pycache__" in name]


def test_an_installed_package_runs_a_figure_by_its_name(wheel: Path, tmp_path: Path) -> None:
    site, work = tmp_path / "site", tmp_path / "work"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    work.mkdir()
    program = "import glorot_repro; print(glorot_repro.__file__); import glorot_repro.__main__"
    done = subprocess.run(
        [sys.executable, "-c", program, "run", "fig06", "--scale", "smoke", "--jobs", "1"],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(site))
    assert len(list(work.glob("results/smoke/fig06/*/run.json"))) == 3
