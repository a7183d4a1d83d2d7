"""The page in headless Chromium: the slider, the layers, the widths, and no complaint."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from made_up_runs import MakeRun
from playwright.sync_api import Browser, Page, expect, sync_playwright

from glorot_repro.report.page.claims_view import ClaimsView, ClaimView
from glorot_repro.report.page.document import Report, runs_report, write_report
from glorot_repro.report.page.figure_view import BY_CURVE, FigureView
from glorot_repro.report.page.table import PageTable

expect.set_options(timeout=30_000)  # milliseconds; a busy machine is slow

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
WIDTHS = {"desktop": 1280, "phone": 360}
IMAGE = "data:image/gif;base64,R0lGODlhAQABAAAAACw="

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason=f"there is no browser: none of {', '.join(BROWSERS)} is on the PATH"
)


@pytest.fixture
def report(tmp_path: Path, make_run: MakeRun) -> str:
    """The address of a report of three runs: five records, one without a finite value, none."""
    entries = [make_run(seed=0), make_run(seed=1, n_records=1, is_diverged=True)]
    entries.append(make_run(seed=2))
    (entries[2].path / "histograms.npz").unlink()
    path = tmp_path / "report.html"
    write_report(runs_report(entries), path)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as started:
        launched = started.chromium.launch(executable_path=BROWSER)
        yield launched
        launched.close()


@contextmanager
def opened(
    browser: Browser, address: str, width: int, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """The page, open; it may neither complain nor ask for any file but itself."""
    complaints: list[str] = []
    asked: set[str] = set()
    context = browser.new_context(
        viewport={"width": width, "height": 740},
        color_scheme=scheme,
        reduced_motion="reduce",
        offline=True,
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.add(request.url.partition("#")[0]))
    page.goto(address)
    yield page
    assert complaints == []
    assert {url for url in asked if not url.startswith("data:")} == {address.partition("#")[0]}
    context.close()


def line_of(page: Page, layer: int) -> str:
    lines = page.locator(f"#viewer-chart path[data-name='layer {layer}']")
    return str(lines.get_attribute("d"))


def has_no_overflow(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize("device", WIDTHS)
def test_the_slider_moves_the_histograms_by_keyboard(
    browser: Browser, report: str, device: str
) -> None:
    with opened(browser, report, WIDTHS[device]) as page:
        assert has_no_overflow(page)
        slider = page.get_by_label("Training time", exact=True)
        slider.focus()
        before = line_of(page, 1)
        page.keyboard.press("ArrowRight")
        expect(page.locator("#viewer-now")).to_have_text("update 100 of 400")
        expect(slider).to_have_attribute("aria-valuetext", "update 100 of 400")
        after = line_of(page, 1)
        assert after != before
        # The values of record r are r + 1 times as wide: std 0.28, then 0.56.
        assert page.locator("#viewer-numbers tr").first.inner_text().split()[2] == "0.56"
        page.keyboard.press("End")
        expect(page.locator("#viewer-now")).to_have_text("update 400 of 400")
        page.keyboard.press("Home")
        expect(page.locator("#viewer-now")).to_have_text("update 0 of 400")
        assert line_of(page, 1) == before

        page.get_by_role("checkbox", name="2", exact=True).uncheck()
        expect(page.locator("#viewer-chart path[data-name='layer 2']")).to_have_count(0)
        page.locator("#viewer-quantity").select_option("weight_gradient")
        expect(page.locator("#viewer-numbers tr")).to_have_count(2)
        page.get_by_role("checkbox", name="softmax").check()
        expect(page.locator("#viewer-numbers tr")).to_have_count(3)
        page.get_by_label("Logarithmic density").check()
        assert line_of(page, 4).startswith("M")

        compared = page.locator("#compare-chart path.line")
        expect(compared).to_have_count(2)  # the second run has one point
        page.get_by_label("Quantity to compare").select_option("backprop_std")
        page.get_by_label("Layer", exact=True).select_option("4")
        expect(page.locator("#compare-chart .label.y")).to_have_text("backprop std, layer 4")

        ticks = page.locator("#compare-chart .tick.y").all_text_contents()
        assert len(ticks) == len(set(ticks)) >= 3

        page.locator("#run1 > summary").click()
        chart = page.locator("#run1 .chart")
        expect(chart.locator("path.line")).to_have_count(1)
        page.locator("#run1-quantity").select_option("activation_std")
        expect(chart.locator("path.line")).to_have_count(3)
        expect(chart.locator("circle.ring")).to_have_count(3)
        assert has_no_overflow(page)


@pytest.mark.parametrize("device", WIDTHS)
@pytest.mark.parametrize("end", [400, 15_000, 500_000, 2_500_000])
def test_ticks_below_a_chart_are_apart(
    browser: Browser, report: str, device: str, end: int
) -> None:
    """On a phone 500,000 was printed over 400,000."""
    with opened(browser, report, WIDTHS[device]) as page:
        page.evaluate(
            """end => drawChart(document.getElementById("compare-chart"), {
                series: [{ name: "one", ramp: "ramp0", dash: "", x: [0, end], y: [1, 2] }],
                label: "one", xLabel: "updates", yLabel: "cost", isLog: false,
            })""",
            end,
        )
        boxes = [tick.bounding_box() for tick in page.locator("#compare-chart .tick.x").all()]
        places = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
        assert len(places) == len(boxes) >= 2
        assert all(right < left for (_, right), (left, _) in pairwise(places))


def test_a_run_is_reached_by_its_address_and_shown_in_the_viewer(
    browser: Browser, report: str
) -> None:
    with opened(browser, f"{report}#run2", 1280, "dark") as page:
        details = page.locator("#run2")
        expect(details).to_have_attribute("open", "")
        details.get_by_role("button", name="Histograms over time").click()
        expect(page.locator("#viewer-run")).to_have_value("run2")
        expect(page.locator("#viewer-time")).to_be_disabled()
        expect(page.locator("#viewer-note")).to_contain_text("one time only")
        expect(page.locator("#viewer-chart")).to_have_text("nothing to draw")
        expect(page.locator("#viewer-numbers tr").first).to_contain_text("no finite value")
        page.goto(f"{report}#run3")
        expect(page.locator("#run3 button")).to_have_count(0)
        page.locator("#viewer-run").select_option("run1")
        page.get_by_role("button", name="Play").click()
        expect(page.locator("#viewer-time")).to_have_value("4")
        expect(page.locator("#viewer-play")).to_have_text("Play")


def test_claims_are_filtered_by_verdict_kind_and_words(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "claims.html"
    claims = [
        claim("peaks", "number", "confirmed", "The peak of layer 5 is higher."),
        claim("order", "ordering", "contradicted", "Tanh is better than sigmoid."),
        claim("speed", "ordering", "not yet run", "Tanh is faster."),
    ]
    write_report(Report("", "", [], claims=ClaimsView(claims)), path)
    with opened(browser, path.as_uri(), WIDTHS["phone"]) as page:
        shown = page.locator(".claim:visible code")
        expect(shown).to_have_text(["peaks", "order", "speed"])
        page.get_by_label("not yet run 1").uncheck()
        expect(shown).to_have_text(["peaks", "order"])
        page.get_by_label("number 1").uncheck()
        expect(shown).to_have_text(["order"])
        page.get_by_label("not yet run 1").check()
        page.get_by_label("Words to look for").fill("FASTER tanh")
        expect(shown).to_have_text(["speed"])
        expect(page.get_by_role("status")).to_have_text("1 of 3 claims are shown.")
        assert has_no_overflow(page)


@pytest.mark.parametrize("device", WIDTHS)
def test_cells_keep_their_words_together_and_tables_scroll_in_their_box(
    browser: Browser, tmp_path: Path, device: str
) -> None:
    """`layer 1` stood in two lines, in a column as narrow as its longest word."""
    row = ("as printed", "layer 1 upper", "activation magnitude p98", "145 of 145", *4 * ["-0.01"])
    table = PageTable("How far.", BY_CURVE, [row], frozenset(range(3, 8)))
    figure = FigureView("fig01", 1, "", IMAGE, "", 1, "", True, table, table)
    path = tmp_path / "figures.html"
    write_report(Report("", "", [], figures=[figure]), path)
    with opened(browser, path.as_uri(), WIDTHS[device]) as page:
        box = page.get_by_role("region", name="Agreement of figure 1")
        lines = box.locator("th, td").evaluate_all(
            """cells => cells.map(cell => {
                const text = document.createRange();
                text.selectNodeContents(cell);
                return text.getClientRects().length;
            })"""
        )
        assert lines == [1] * 16
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
        assert has_no_overflow(page)


def claim(name: str, kind: str, verdict: str, text: str) -> ClaimView:
    return ClaimView(name, kind, "2.1", text, "it holds", "", verdict, "seen", "", [], [])
