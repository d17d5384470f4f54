"""Page requisites in a crawl: each once, of every host by its own rules, and never an article's
harm.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from crawled_newsroom import zancrawler
from scripted_site import Reply, Script, page, scripted_site
from simulated_days import with_clock

from zancrawler.archive import Archive
from zancrawler.ledger import Kind, Ledger, State

TOML = """\
title = "The Valley"
home = "{home}/"
domains = ["{host}"]
languages = ["en"]
platform = "plain"
politeness = {{ delay = 0{budget} }}
sources = {{ listings = ["/"] }}
[requisites]
{rules}
[[articles]]
url = '^/reports/\\d+/'
body = [".words"]
"""
WORDS = "".join(f"<p>In the spring of year {n} the bakers of the lane rose at four.</p>" * 2
                for n in range(20))  # fmt: skip
CSS = "text/css"

pytestmark = pytest.mark.slow


@pytest.fixture
def sites() -> Iterator[tuple[Script, Script]]:
    with scripted_site() as valley, scripted_site() as cdn:
        valley.replies["/"] = Reply(page("News", "<p><a href=/reports/1/a>The bakers rise</a>"))
        yield valley, cdn


def report(head: str, body: str) -> Reply:
    text = f"<h1>The bakers rise</h1><p>3 March 2025</p><div class=words>{WORDS}{body}</div>"
    return Reply(page("The bakers rise", text, head))


def crawl(folder: Path, valley: Script, rules: str = "", budget: str = "") -> Archive:
    outlets = folder / "outlets"
    outlets.mkdir(exist_ok=True)
    host = valley.home.removeprefix("http://")
    text = TOML.format(home=valley.home, host=host, rules=rules, budget=budget)
    (outlets / "valley.toml").write_text(text)
    archive = Archive(folder / "archive")
    zancrawler("crawl", "valley", "--archive", archive.root, "--outlets", outlets)
    return archive


def requisites(archive: Archive) -> dict[str, State]:
    with Ledger(archive.ledger("valley")) as ledger:
        return {entry.url: entry.state for entry in ledger.entries(Kind.REQUISITE)}


def captures(archive: Archive) -> list[dict]:
    return ds.dataset(archive.table("captures")).to_table().to_pylist()


def test_other_hosts_by_their_own_rules(sites: tuple[Script, Script], tmp_path: Path) -> None:
    valley, cdn = sites
    cdn.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /private/", 200, "text/plain")
    for number in range(1, 7):
        sheet = f"@import 's{number + 1}.css';p{{background:url(/i{number}.png)}}"
        cdn.replies[f"/s{number}.css"] = Reply(sheet, 200, CSS)
        cdn.replies[f"/i{number}.png"] = Reply(f"picture {number}", 200, "image/png")
    cdn.replies["/moved.png"] = Reply(status=302, headers={"Location": "/found.png"})
    cdn.replies["/found.png"] = Reply("found", 200, "image/png")
    cdn.replies["/loop.png"] = Reply(status=302, headers={"Location": "/loop.png?again"})
    cdn.replies["/broken.png"] = Reply("", 500)
    cdn.otherwise = lambda path: (
        Reply(status=302, headers={"Location": f"{path}+"}) if "again" in path else Reply("", 404)
    )
    images = ("private/face", "moved", "loop", "broken", "gone")
    valley.replies["/reports/1/a"] = report(
        f"<link rel=stylesheet href='{cdn.home}/s1.css'>",
        "".join(f"<img src='{cdn.home}/{name}.png'>" for name in images),
    )
    archive = crawl(tmp_path, valley)
    asked = Counter(cdn.asked)
    assert set(asked.values()) == {1}, asked
    wanted = {"/robots.txt", "/found.png", "/moved.png", "/broken.png", "/gone.png"}
    wanted |= {f"/s{n}.css" for n in (1, 2, 3, 4)} | {f"/i{n}.png" for n in (1, 2, 3)}
    assert {path for path in asked if "loop" not in path} == wanted
    # The redirect that never ends was followed five times.
    assert sum("loop" in path for path in asked) == 6
    states = requisites(archive)
    assert states[f"{cdn.home}/private/face.png"] is State.DISALLOWED
    assert states[f"{cdn.home}/moved.png"] is State.REDIRECTED
    assert states[f"{cdn.home}/i3.png"] is State.CAPTURED
    # An attempt on a connection that closed meanwhile is a row, and the server never saw it.
    answered = [row for row in captures(archive) if row["fetch_status"] is not None]
    kinds = Counter(row["page_kind"] for row in answered)
    assert kinds["article"] == 1 and kinds["requisite"] == len(asked) - 1
    assert not any(row["article_id"] for row in captures(archive) if row["page_kind"] != "article")
    metadata = b"".join(
        exchange.metadata.block
        for warc in (archive.root / "warc").rglob("*.warc.gz")
        for exchange in _exchanges(warc)
        if exchange.is_requisite and exchange.metadata
    )
    assert f"via: {valley.home}/reports/1/a\r\nhopsFromSeed: E\r\n".encode() in metadata
    assert f"via: {cdn.home}/s1.css\r\nhopsFromSeed: EE\r\n".encode() in metadata
    # Coverage and alarms hear of none of it.
    end = ("--archive", archive.root, "--outlets", tmp_path / "outlets")
    (covered,) = json.loads(zancrawler("coverage", "--json", "--archive", archive.root))
    assert (covered["advertised"], covered["held"]) == (1, 1)
    zancrawler("verify", *end)
    # The ledger follows from the WARCs: what was forbidden was never asked for, and is due.
    zancrawler("rebuild", "--ledger", *end)
    forbidden = f"{cdn.home}/private/face.png"
    assert requisites(archive) == states | {forbidden: State.ADVERTISED}
    before = len(cdn.asked)
    crawl(tmp_path, valley)
    assert cdn.asked[before:] == ["/robots.txt"]
    assert requisites(archive)[forbidden] is State.DISALLOWED


def _exchanges(warc: Path) -> Iterator:
    from zancrawler.capture.reader import read_exchanges

    return read_exchanges(warc)


def test_a_host_without_rules_and_one_that_refuses(
    sites: tuple[Script, Script], tmp_path: Path
) -> None:
    valley, cdn = sites
    cdn.otherwise = lambda path: Reply("", 403)
    images = "".join(f"<img src='{cdn.home}/{n}.png'>" for n in range(9))
    valley.replies["/reports/1/a"] = report("", images)
    archive = crawl(tmp_path, valley)
    # A 403 for robots.txt is no rule (RFC 9309, 2.3.1.3); three for pictures say enough. The next
    # may be on its way by then.
    assert len(cdn.asked) in (4, 5)
    failed = len(cdn.asked) - 1
    states = Counter(requisites(archive).values())
    assert states == {State.FAILED: failed, State.ADVERTISED: 9 - failed}
    cdn.otherwise = lambda path: Reply("", 503)
    cdn.asked.clear()
    crawl(tmp_path, valley)
    assert set(cdn.asked) == {"/robots.txt"}
    articles = [row for row in captures(archive) if row["page_kind"] == "article"]
    assert articles


def test_limits(sites: tuple[Script, Script], tmp_path: Path) -> None:
    valley, _ = sites
    valley.otherwise = lambda path: Reply(path, 200, "image/png")
    images = "".join(f"<img src=/{n}.png>" for n in range(40))
    valley.replies["/reports/1/a"] = report("", images)
    archive = crawl(tmp_path, valley, "most_per_page = 30\nmost_per_run = 8")
    assert Counter(requisites(archive).values()) == {State.CAPTURED: 8, State.ADVERTISED: 22}
    # The rest later, though nothing shows it again; of the day's requests half are for pages, on
    # the next day too.
    crawl(tmp_path, valley, "most_per_page = 30", budget=", daily_budget = 40")
    assert 8 < Counter(requisites(archive).values())[State.CAPTURED] < 30
    crawl(tmp_path, valley, "most_per_page = 30")
    assert Counter(requisites(archive).values()) == {State.CAPTURED: 30}
    assert Counter(path for path in valley.asked if path.endswith(".png")).most_common(1)[0][1] == 1


def test_nothing_where_the_outlet_says_so(sites: tuple[Script, Script], tmp_path: Path) -> None:
    valley, _ = sites
    valley.otherwise = lambda path: Reply(path, 200, "image/png")
    valley.replies["/reports/1/a"] = report("", "<img src=/p.png><img src=/q.png alt='EPA/K'>")
    archive = crawl(tmp_path, valley, 'take = "none"')
    assert requisites(archive) == {}
    assert "/p.png" not in valley.asked
    valley.replies["/reports/2/b"] = valley.replies["/reports/1/a"]
    valley.replies["/"] = Reply(page("News", "<p><a href=/reports/2/b>The bakers rise</a>"))
    archive = crawl(tmp_path, valley, 'not_by = ["EPA"]\nleave_out = ["[.]css$"]')
    assert requisites(archive) == {f"{valley.home}/p.png": State.CAPTURED}
    assert "/q.png" not in valley.asked


def test_what_pages_share_is_captured_once_and_again_a_quarter_later(
    sites: tuple[Script, Script], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    valley, _ = sites
    valley.replies["/logo.png"] = Reply("the logo " * 500, 200, "image/png")
    links = "".join(f"<p><a href=/reports/{n}/a>The bakers rise</a>" for n in range(3))
    valley.replies["/"] = Reply(page("News", links))
    for number in range(3):
        valley.replies[f"/reports/{number}/a"] = report("", "<img src=/logo.png>")
    archive = crawl(tmp_path, valley)
    full = ("crawl", "valley", "--full", "--archive", archive.root)
    full += ("--outlets", tmp_path / "outlets")
    zancrawler(*full)
    assert valley.asked.count("/reports/1/a") == 2 and valley.asked.count("/logo.png") == 1
    for name, value in {**with_clock(timedelta(days=91)), "TZ": "UTC"}.items():
        monkeypatch.setenv(name, value)
    zancrawler(*full)
    assert valley.asked.count("/reports/1/a") == 3 and valley.asked.count("/logo.png") == 2
    logos = [row for row in captures(archive) if row["url"].endswith("/logo.png")]
    assert [row["warc_type"] for row in logos] == ["response", "revisit"]
    zancrawler("verify", "--archive", archive.root, "--outlets", tmp_path / "outlets")
