"""The examples of the documentation run as they stand."""

import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebook.md"


def test_the_examples_of_the_notebook_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    examples = re.findall(r"```python\n(.*?)```", NOTEBOOK.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    n_run = 0
    for example in examples:
        if "import pandas" in example and importlib.util.find_spec("pandas") is None:
            continue  # not a dependency of ours
        exec(compile(example, str(NOTEBOOK), "exec"), names)
        n_run += 1
    assert n_run >= len(examples) - 1 >= 4
