"""The pytest plugin: a fixture that fails a test where curves left their baseline.

    def test_signals_flow_as_before(variance_check):
        rows = curve_rows(0, "activation", [layer_1, layer_2])
        variance_check(rows, baseline="tests/baselines/mine")

`pytest --update-baselines` writes the baselines instead of comparing with them. Further calls with
a baseline that was written are compared with it.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from glorot_repro.measure.curve_rows import Row

    VarianceCheck = Callable[..., None]

WRITTEN = pytest.StashKey[set[Path]]()
"""The baselines that this run of pytest has written."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --update-baselines."""
    parser.getgroup("glorot_repro").addoption(
        "--update-baselines",
        action="store_true",
        help="write the baselines of variance_check in place of comparing with them",
    )


@pytest.fixture
def variance_check(request: pytest.FixtureRequest) -> "VarianceCheck":
    """variance_check(rows, *more_rows, baseline=DIR, mode=None, rate=1e-4).

    rows: those of `curve_rows`, or `Curves`; more_rows: of further seeds. A baseline of one run is
    compared exactly, one of several statistically, unless mode is `exact` or `statistical`. Paths
    are relative to pytest's root directory. With --update-baselines the first call that names a
    baseline writes it. Fails the test with the first value that left its band, by how much, and the
    likely cause; and where nothing can be compared.
    """
    # Heavy imports only for tests that use the fixture: the plugin is loaded by every pytest.
    from glorot_repro.errors import GlorotReproError
    from glorot_repro.measure.curves import Curves
    from glorot_repro.runs.band_width import FALSE_ALARM_RATE
    from glorot_repro.runs.baseline import pin_curves, read_baseline, write_baseline
    from glorot_repro.runs.result import curves_result

    def check(
        *runs: "Curves | Iterable[Row]",
        baseline: str | Path,
        mode: str | None = None,
        rate: float = FALSE_ALARM_RATE,
    ) -> None:
        __tracebackhide__ = True
        folder = request.config.rootpath / baseline
        written = request.config.stash.setdefault(WRITTEN, set())
        curves = [one if isinstance(one, Curves) else Curves(one) for one in runs]
        message = None
        try:
            if request.config.getoption("--update-baselines") and folder not in written:
                write_baseline(pin_curves(curves), folder)
                written.add(folder)
                return
            if not folder.exists():
                message = f"no baseline in {folder}: pytest --update-baselines"
            else:
                result = curves_result(curves, read_baseline(folder), str(baseline), mode, rate)
                if not result.has_passed:
                    message = f"{result.summary}\nlikely cause: {result.cause}"
        except GlorotReproError as error:
            message = str(error)
        # Outside of the except clause: pytest would print the error before the message, too.
        if message is not None:
            pytest.fail(message, pytrace=False)

    return check
