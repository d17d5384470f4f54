"""Which platform a site runs on, by the marks that the platform itself leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zancrawler.outlets import readable_path
from zancrawler.outlets.platforms import PRESETS, plain
from zancrawler.runs.learning.fact import Fact
from zancrawler.runs.learning.site import Answer

_GENERATOR = re.compile(rb"""<meta name=["']?generator["']? content=["']([^"'<>]{1,80})""", re.I)
_HEADERS = (
    ("x-wix-request-id", "", "wix"),
    ("x-generator", "drupal", "drupal"),
    ("x-drupal-cache", "", "drupal"),
    ("x-powered-by", "next.js", "nextjs"),
    ("link", "api.w.org", "wordpress"),
)
"""Header, what is in it (lower case), platform."""


def platform_of(answers: Sequence[Answer]) -> Fact[str]:
    """The platform of the pages, the home page first; `plain` where nothing gives one away.

    Presets are tried in the order of `PRESETS`, on every page: what a page shows is surer than
    what a server in front of it says.
    """
    for name, preset in PRESETS.items():
        for answer in answers:
            for sign in preset.signs:
                if sign in answer.body:
                    return Fact(name, f"{_shown(sign, answer.body)} in {_place(answer)}")
    for answer in answers:
        for header, part, name in _HEADERS:
            value = answer.header(header)
            if value and part in value.lower():
                return Fact(name, f"the header {header}: {value[:60]} of {_place(answer)}")
    return Fact(plain.PRESET.name, "no mark of a platform that is known")


def _shown(sign: bytes, body: bytes) -> str:
    """The generator's own word where it is the sign; else the sign."""
    found = _GENERATOR.search(body)
    if found and sign in body[found.start() : found.end() + 1]:
        return f"the generator {found[1].decode('utf-8', 'replace')}"
    return sign.decode("ascii", "replace").strip(' "')


def _place(answer: Answer) -> str:
    return readable_path(answer.url)
