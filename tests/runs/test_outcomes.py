"""What a row of `captures` comes to in the ledger."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from zancrawler.headers import location
from zancrawler.ledger import Advertisement, Kind, Outcome, State
from zancrawler.outlets import ArticleRules, Outlet, Sources
from zancrawler.runs.outcomes import outcome_of

HOME = "https://zan.example"
OUTLET = Outlet(
    name="zan",
    title="Zan",
    home=HOME + "/",
    domains=("zan.example",),
    platform="plain",
    languages=("fa",),
    sources=Sources(listings=(f"{HOME}/news",)),
    articles=(ArticleRules(url=re.compile("^/story/")),),
)


UNKNOWN = replace(OUTLET, languages=())


def outcome(
    path: str = "/story/a", status: int = 200, outlet: Outlet = OUTLET, **known: Any
) -> Outcome:
    row = {
        "url": HOME + path,
        "fetch_time": datetime(2026, 3, 1, tzinfo=UTC),
        "fetch_status": status,
        "fetch_redirect": None,
        "warc_type": "response",
        "content_truncated": None,
        "content_digest": "sha256:a",
        "page_kind": None,
        "page_reason": None,
        "etag": None,
        "last_modified": None,
        "error": None,
    }
    return outcome_of({**row, **known}, outlet)


@pytest.mark.parametrize(
    ("target", "state", "reason"),
    [
        (f"{HOME}/story/b", State.REDIRECTED, "http-302"),
        (f"{HOME}/story/a?utm_source=x", State.REDIRECTED, "http-302"),
        (f"{HOME}/", State.GONE, "redirect-home"),
        (f"{HOME}/news", State.GONE, "redirect-home"),
        (f"{HOME}/maintenance.html", State.FAILED, "redirect-away"),
        ("https://host.example/suspendedpage.cgi", State.FAILED, "redirect-away"),
    ],
)
def test_an_article_that_leads_to_no_article_has_not_moved(
    target: str, state: State, reason: str
) -> None:
    found = outcome(status=302, fetch_redirect=target)
    assert (found.state, found.reason) == (state, reason)


def test_an_article_is_known_from_the_moment_that_another_leads_to_it() -> None:
    found = outcome(status=301, fetch_redirect=f"{HOME}/story/b")
    assert found.adverts == (Advertisement(f"{HOME}/story/b", f"{HOME}/story/a", "link"),)
    assert found.adverts[0].kind is Kind.ARTICLE


@pytest.mark.parametrize("sent", ["/story/مکتب", "/story/caf\xe9", "/story/a"])
def test_a_location_may_be_utf8(sent: str) -> None:
    on_the_wire = sent.encode("latin-1" if "caf" in sent else "utf-8")
    assert location((("location", on_the_wire.decode("latin-1")),)) == sent


@pytest.mark.parametrize("kind", ["listing", "other", "empty"])
def test_an_article_is_not_held_by_a_page_that_is_none(kind: str) -> None:
    found = outcome(page_kind=kind, page_reason="links")
    assert (found.state, found.reason) == (State.FAILED, kind)


def test_a_site_that_nobody_described_may_have_other_pages_anywhere() -> None:
    found = outcome(page_kind="other", page_reason="no-sign", outlet=UNKNOWN)
    assert (found.state, found.reason) == (State.CAPTURED, "other")


def test_what_is_no_article_by_its_address_is_what_it_is() -> None:
    assert outcome("/about", page_kind="other", page_reason="url").state is State.CAPTURED


def test_a_page_that_says_that_it_is_not_there_is_not_there() -> None:
    found = outcome(page_kind="error", page_reason="not-found")
    assert (found.state, found.reason) == (State.GONE, "not-found")


def test_robots_txt_is_no_article_where_any_address_may_be_one() -> None:
    plain = replace(OUTLET, articles=(ArticleRules(url=re.compile("^/")),))
    assert outcome("/robots.txt", page_kind="other", outlet=plain).kind is Kind.OTHER
    assert outcome("/other.txt", page_kind="other", outlet=plain).kind is Kind.ARTICLE
