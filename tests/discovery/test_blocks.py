"""Each wall in its own words: written by us in the image of the real ones."""

from __future__ import annotations

from time import process_time

import pytest

from zancrawler.discovery.blocks import HEAD, SMALL, TITLE_WITHIN, blocked

HTML = (("Content-Type", "text/html; charset=utf-8"),)
STORY = "<p>The well in the valley has been dry since spring, the women told us this week.</p>" * 30

WALLS = {
    "cloudflare-challenge": (
        403,
        "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}"
        "</script><noscript>Enable JavaScript and cookies to continue</noscript></body></html>",
    ),
    "datadome-challenge": (
        403,
        "<html><head><title>news.example</title></head><body><script>var dd={'host':"
        "'geo.captcha-delivery.com'}</script></body></html>",
    ),
    "sucuri-firewall": (
        403,
        "<html><head><title>Sucuri WebSite Firewall - Access Denied</title></head><body><h1>Sucuri "
        "Website Firewall</h1><p>Block reason: bot access attempt blocked.</p></body></html>",
    ),
    "akamai-denied": (
        403,
        "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have "
        "permission to access this page.<P>Reference&#32;&#35;18&#46;ab</P></BODY></HTML>",
    ),
    "captcha": (
        200,
        '<html><head><meta http-equiv="refresh" content="0;url=/.well-known/sgcaptcha/?r=%2Ffeed">'
        "</head><body></body></html>",
    ),
    "consent-page": (
        200,
        "<html><head><title>Before you continue</title></head><body><form method=post "
        'action="https://consent.news.example/save"><button>Accept</button></form></body></html>',
    ),
    "wix-error": (
        200,
        '<html><head><base href="https://static.parastorage.com/services/wix-public/error-pages/">'
        '</head><body ng-app="wixErrorPagesApp"><error-page></error-page></body></html>',
    ),
    "javascript-required": (
        200,
        "<html><head><title>News</title></head><body><div id=root></div><noscript>You need to "
        "enable JavaScript to run this app.</noscript><script src=/a.js></script></body></html>",
    ),
}


@pytest.mark.parametrize("code", WALLS)
def test_each_wall_has_its_code(code: str) -> None:
    status, html = WALLS[code]
    assert blocked(status, HTML, html.encode()) == code


@pytest.mark.parametrize("code", WALLS)
def test_a_story_about_a_wall_is_none(code: str) -> None:
    _, html = WALLS[code]
    words = html.replace("<", " ").replace(">", " ")
    page = (
        f"<html><head><title>How walls work</title></head><body>{STORY}<p>{words}</p></body></html>"
    )
    assert blocked(200, HTML, page.encode()) is None


def test_cloudflares_header_is_enough() -> None:
    assert blocked(403, (*HTML, ("cf-mitigated", "challenge")), b"") == "cloudflare-challenge"


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_refusal_without_words(status: int) -> None:
    assert blocked(status, HTML, b"<html>no</html>") == f"http-{status}"


@pytest.mark.parametrize("status", [200, 301, 404, 410, 500, 503])
def test_other_answers_are_no_walls(status: int) -> None:
    assert blocked(status, HTML, STORY.encode()) is None


CONSENT = b'action="https://consent.'
HOSTILE = {
    "scripts that never end": (CONSENT, b"<script "),
    "scripts that end elsewhere": (CONSENT, b"</style><script>"),
    "tags that never end": (CONSENT, b"<"),
    "titles that never end": (b"", b"<title"),
    "titles without words": (b"", b"<title>" + b" " * 80),
    "heads that never end": (b"", b"javascript <head "),
    "refreshes": (b"", b"http-equiv=refresh "),
    "demands": (b"", b"javascript need to enable "),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("size", [SMALL - 1, 3 * SMALL - 1, 10 * HEAD])
def test_no_body_takes_long(name: str, size: int) -> None:
    sign, repeated = HOSTILE[name]
    body = (sign + repeated * (size // len(repeated) + 1))[:size]
    start = process_time()
    blocked(200, HTML, body)
    # One of 180 KB took half a minute when each place was tried to the end of the body.
    assert process_time() - start < 0.5


def test_a_title_is_looked_for_where_walls_have_it() -> None:
    wall = b"<html><head>%s<title>Just a moment...</title><script>_cf_chl_opt={}</script></head>"
    assert blocked(200, HTML, wall % b"") == "cloudflare-challenge"
    assert blocked(200, HTML, wall % (b" " * TITLE_WITHIN)) is None


@pytest.mark.parametrize("name", ["script", "style", "svg", "head"])
def test_what_nobody_sees_makes_no_story(name: str) -> None:
    _, wall = WALLS["consent-page"]
    hidden = wall.replace("<form", f"<{name}>{'word ' * 300}</{name}><form")
    assert blocked(200, HTML, hidden.encode()) == "consent-page"
    seen = hidden.replace(f"{'word ' * 300}</{name}>", "word " * 300)
    assert blocked(200, HTML, seen.encode()) is None
