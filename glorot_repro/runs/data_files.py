"""What the data files of runs are worth a word about, wherever their results are shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from glorot_repro.wording import listed


def unofficial_data_note(infos: Iterable[Mapping[str, Any]]) -> str | None:
    """One line naming the data files that are not the authors' own, None where all are.

    infos: run.json of each run that is shown. A caption may take the line as it is.
    """
    names: dict[str, None] = {}
    for info in infos:
        names |= dict.fromkeys(info.get("unofficial_data_files") or ())
    if not names:
        return None
    return f"data files that are not the authors' own: {listed(list(names))}"
