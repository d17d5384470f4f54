"""The pages in Debian's Chromium: quiet, within the window, and asking nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from chromium import chromium
from playwright.sync_api import Browser, Page
from shown_archive import BRIDGE, HOSTILE, MULE, WELL

from zancrawler.archive import Archive
from zancrawler.browse.report import write_report
from zancrawler.outlets import Catalogue

pytestmark = pytest.mark.slow
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
PATHS = (
    *("/", "/search", "/search?q=books", "/outlet/paper", "/archive/articles"),
    *("/archive/articles?_q=books", f"/article/{HOSTILE.id}", f"/article/{MULE.id}"),
    *(f"/article/{WELL.id}", f"/article/{BRIDGE.id}", f"/article/{BRIDGE.id}/changes"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Watched:
    """A page, and all that it said and asked for."""

    def __init__(self, browser: Browser, size: dict[str, int]) -> None:
        self.page: Page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        self.said: list[str] = []
        self.hosts: set[str | None] = set()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda asked: self.hosts.add(urlsplit(asked.url).hostname))

    def is_quiet(self) -> bool:
        return not self.said and self.hosts <= {"127.0.0.1"}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_all_pages_are_quiet_and_fit(browser: Browser, address: str, size: dict[str, int]) -> None:
    watched = Watched(browser, size)
    for path in PATHS:
        watched.page.goto(address.rstrip("/") + path)
        width = watched.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], path
        assert watched.is_quiet(), (path, watched.said, watched.hosts)
    watched.page.close()


def test_text_runs_as_its_language_does(browser: Browser, address: str) -> None:
    watched = Watched(browser, DESKTOP)
    for story, direction in ((BRIDGE, "rtl"), (WELL, "rtl"), (MULE, "ltr")):
        watched.page.goto(f"{address}article/{story.id}")
        for part in ("h1", ".text p"):
            style = watched.page.eval_on_selector(
                part,
                "e => [getComputedStyle(e).direction, parseFloat(getComputedStyle(e)."
                "lineHeight) / parseFloat(getComputedStyle(e).fontSize)]",
            )
            assert style[0] == direction
            # Persian letters reach higher and lower than Latin ones.
            assert style[1] >= (1.6 if direction == "rtl" else 1.2)
    # An override in a hostile title turns nothing around that is not the title's.
    watched.page.goto(f"{address}article/{HOSTILE.id}")
    kicker, title = (
        watched.page.eval_on_selector(e, "e => e.getBoundingClientRect().left")
        for e in (".kicker a", "h1")
    )
    assert kicker == title
    watched.page.close()


def test_the_keyboard_goes_everywhere(browser: Browser, address: str) -> None:
    watched = Watched(browser, DESKTOP)
    page = watched.page
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.eval_on_selector(".skip", "e => e.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{address}search")
    page.get_by_label("Words of title or text").press_sequentially("books")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    page.get_by_role("link", name="A mule brings books").press("Enter")
    page.wait_for_url(f"**/article/{MULE.id}")
    assert page.get_by_role("main").get_by_role("heading", level=1).inner_text() == MULE.title
    assert page.get_by_role("complementary", name="About this article").is_visible()
    assert watched.is_quiet(), watched.said
    page.close()


def test_a_plot_is_a_picture_with_words(browser: Browser, address: str) -> None:
    watched = Watched(browser, DESKTOP)
    watched.page.goto(address)
    plot = watched.page.get_by_role("img", name="Bars, one for each of the 52 weeks")
    assert plot.bounding_box()["height"] > 100  # type: ignore[index]
    watched.page.get_by_text("The numbers").click()
    cells = watched.page.get_by_role("table", name="Articles per week").get_by_role("cell")
    assert [cell.inner_text() for cell in cells.all()] == ["1", "1", "2", "4"]
    watched.page.close()


def test_the_report_needs_nothing_and_prints(
    browser: Browser, archive: Archive, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    write_report(archive, Catalogue.open(None), file)
    for size in (DESKTOP, PHONE):
        watched = Watched(browser, size)
        watched.page.goto(file.as_uri())
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        bar = watched.page.eval_on_selector(".fill-dari", "e => getComputedStyle(e).fill")
        assert bar == "rgb(20, 105, 122)"
        assert not watched.said and watched.hosts == {None}
        watched.page.close()
    watched = Watched(browser, DESKTOP)
    watched.page.goto(file.as_uri())
    assert watched.page.pdf(format="A4").startswith(b"%PDF")
