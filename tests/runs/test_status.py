"""`zancrawler status` over real archives: quiet after a good crawl, and loud after bad ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from crawled_newsroom import Crawled, zancrawler

from zancrawler.archive import Archive
from zancrawler.newsroom import Newsroom, serve
from zancrawler.runs.alarms import Alarm, AlarmCode
from zancrawler.runs.history import PageState, read_history
from zancrawler.runs.hooks import Hook, HookError
from zancrawler.runs.summary import RunState

ALARM = Alarm(AlarmCode.SILENCE, "x", datetime(2026, 1, 2, tzinfo=UTC), "خاموش است; look")


def asked(newsroom: Newsroom, archive: Path, *more: object, code: int = 0) -> Any:
    """The status as JSON."""
    told = zancrawler(
        *("status", "--json", "--archive", archive, "--outlets", newsroom.catalogue, *more),
        code=code,
    )
    return json.JSONDecoder().raw_decode(told)[0]


def crawl(newsroom: Newsroom, archive: Path, name: str) -> None:
    """However it ends: what a bad day is for the exit code is the crawl's own business."""
    command = [sys.executable, "-m", "zancrawler", "crawl", name, "--archive", str(archive)]
    subprocess.run(
        [*command, "--outlets", str(newsroom.catalogue)],
        capture_output=True,
        timeout=300,
        check=False,
    )


def test_after_a_good_crawl_all_is_quiet(crawled: Crawled) -> None:
    status = asked(crawled.newsroom, crawled.archive.root)
    assert status["alarms"] == []
    assert {one["outlet"] for one in status["outlets"]} == set(crawled.newsroom.homes)
    for one in status["outlets"]:
        assert one["last_run"]["state"] == "finished"
        assert one["running"] is False
    text = zancrawler(
        "status", "--archive", crawled.archive.root, "--outlets", crawled.newsroom.catalogue
    )
    assert "No alarms." in text
    assert all(name in text for name in crawled.newsroom.homes)


def test_the_history_is_that_of_the_tables(crawled: Crawled) -> None:
    for name in crawled.newsroom.homes:
        outlet = crawled.catalogue.get(name)
        history = read_history(crawled.archive, outlet, datetime.now(UTC))
        truth = [article for article in crawled.articles if article.outlet == name]
        assert sum(history.published.values()) == len(truth) == len(history.articles)
        days = {article.date_published[:10] for article in truth}
        # The truth writes its dates in Kabul's time or in UTC: the day may differ by one.
        assert all(
            {(day + timedelta(n)).isoformat() for n in (-1, 0, 1)} & days
            for day in history.published
        )
        assert history.runs[0].articles_new == len(truth)
        assert [run.state for run in history.runs] == [RunState.FINISHED] * len(history.runs)
        assert all(run.answered for run in history.runs)
        assert sum(page.state is PageState.ARTICLE for page in history.pages) >= len(truth)
        assert {source.failing for source in history.sources} == {0}
        assert (history.died, history.running) == ((), False)


def test_where_nothing_is_an_archive_it_says_so(tmp_path: Path) -> None:
    assert "holds no archive" in zancrawler("status", "--archive", tmp_path, code=2)


@pytest.mark.long
def test_an_outage_a_wall_and_their_ends(tmp_path: Path) -> None:
    with serve() as newsroom, receiver() as (url, received):
        for name in newsroom.homes:
            crawl(newsroom, tmp_path, name)
        newsroom.set_day(20)
        crawl(newsroom, tmp_path, "newsroom-wp")
        told = tmp_path / "told.jsonl"
        hooks = ["--hook-command", f"tee -a '{told}'", "--hook-url", url]
        status = asked(newsroom, tmp_path, *hooks, code=1)
        (alarm,) = status["alarms"]
        assert (alarm["code"], alarm["outlet"]) == ("unreachable", "newsroom-wp")
        assert json.loads(told.read_text()) == received[0] == alarm
        newsroom.set_day(27)
        crawl(newsroom, tmp_path, "newsroom-wp")
        crawl(newsroom, tmp_path, "newsroom-wix")
        (alarm,) = asked(newsroom, tmp_path, code=1)["alarms"]
        assert (alarm["code"], alarm["outlet"]) == ("blocking", "newsroom-wix")
        assert asked(newsroom, tmp_path, "newsroom-wp")["alarms"] == []


@pytest.mark.slow
def test_a_run_that_was_killed_is_told_until_the_next(tmp_path: Path) -> None:
    with serve() as newsroom:
        name = "newsroom-wp"
        environment = {
            **os.environ,
            "ZANCRAWLER_ARCHIVE": str(tmp_path),
            "ZANCRAWLER_OUTLETS": str(newsroom.catalogue),
        }
        described = newsroom.catalogue / f"{name}.toml"
        text = described.read_text()
        assert "delay = 0\n" in text
        # Or it might be over before the status has looked.
        described.write_text(text.replace("delay = 0\n", "delay = 1.0\n"))
        command = [sys.executable, "-m", "zancrawler.runs", name]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
        try:
            while len(newsroom.requests()) < 3:
                assert run.poll() is None
                time.sleep(0.05)
            (one,) = asked(newsroom, tmp_path, name)["outlets"]
            assert one["running"] and run.poll() is None
        finally:
            run.kill()
            run.wait()
        described.write_text(text)
        (alarm,) = asked(newsroom, tmp_path, name, code=1)["alarms"]
        assert alarm["code"] == "died"
        crawl(newsroom, tmp_path, name)
        assert asked(newsroom, tmp_path, name)["alarms"] == []
        archive = Archive.existing(tmp_path)
        history = read_history(archive, _outlet(newsroom, name), datetime.now(UTC))
        assert len(history.died) == 1
        assert len(history.runs) == 1


def _outlet(newsroom: Newsroom, name: str) -> Any:
    from zancrawler.outlets import Catalogue

    return Catalogue.open(newsroom.catalogue).get(name)


# The hook.


@contextmanager
def receiver(status: int = 204) -> Iterator[tuple[str, list[Any]]]:
    """A web hook on loopback, and what it has received."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()


def test_the_hook_gets_the_alarm_as_json(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with receiver() as (url, received):
        assert Hook(f"tee '{told}'", url).tell(ALARM) == ()
    assert json.loads(told.read_bytes()) == received[0]
    assert received[0] == {
        "code": "silence",
        "outlet": "x",
        "since": "2026-01-02T00:00:00Z",
        "message": "خاموش است; look",
        "detail": None,
    }


def test_a_hook_that_fails_says_how() -> None:
    with receiver(500) as (url, _):
        (failure,) = Hook(url=url).tell(ALARM)
        assert "500" in failure
    (failure,) = Hook("/no/such/program").tell(ALARM)
    assert "/no/such/program" in failure
    (failure,) = Hook("false").tell(ALARM)
    assert "exit status 1" in failure
    (failure,) = Hook(url=url).tell(ALARM)
    assert "refused" in failure


@pytest.mark.parametrize(
    "hook", [{"url": "file:///etc/passwd"}, {"command": ""}, {"command": "say 'so"}]
)
def test_a_hook_that_cannot_work_is_refused_at_once(hook: dict[str, str]) -> None:
    with pytest.raises(HookError):
        Hook(**hook)
