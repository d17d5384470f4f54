"""Where names lead: a page's host that moves to this machine once it was looked at is not asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_site import Reply, Script, scripted_site

PROGRAM = Path(__file__).with_name("asking_names.py")
PUBLIC = "93.184.215.14"


def ask(tmp_path: Path, home: str, domains: list[str], url: str, **more: object) -> list:
    job = {"home": home, "domains": domains, "urls": [url], "archive": str(tmp_path), **more}
    done = subprocess.run(
        [sys.executable, PROGRAM, json.dumps(job)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_name_that_moves_here_after_it_was_looked_at_is_not_connected_to(tmp_path: Path) -> None:
    with scripted_site() as site:
        url = site.home.replace("127.0.0.1", "localhost") + "/p.png"
        (said,) = ask(
            tmp_path, "http://news.example/", ["news.example"], url, first={"localhost": PUBLIC}
        )
        assert site.asked == []
    assert "no address is known" in said


@pytest.mark.parametrize("where", ["newsroom", "own host"])
def test_what_the_outlet_says_is_its_own_may_be_here(tmp_path: Path, where: str) -> None:
    with scripted_site() as site:
        answer(site)
        url = site.home.replace("127.0.0.1", "localhost") + "/p.png"
        if where == "newsroom":
            said = ask(tmp_path, site.home, [site.home.removeprefix("http://")], url)
        else:
            domain = url.removeprefix("http://").partition("/")[0]
            said = ask(tmp_path, "http://news.example/", ["news.example", domain], url)
        assert site.asked == ["/robots.txt", "/p.png"]
    assert said == [200]


def test_a_proxy_of_the_users_may_be_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted_site() as proxy:
        answer(proxy)
        monkeypatch.setenv("http_proxy", proxy.home.replace("127.0.0.1", "localhost"))
        url = "http://news.example/p.png"
        assert ask(tmp_path, "http://news.example/", ["news.example"], url) == [200]
        assert proxy.asked == ["http://news.example/robots.txt", url]


def answer(site: Script) -> None:
    site.otherwise = lambda path: Reply("", 404) if "robots" in path else Reply("p")
