"""The made corpus as members for the rules, and its truth."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from zancrawler.extraction.normalize import normalized
from zancrawler.pictures import picture_key
from zancrawler.stories import Member, Placed
from zancrawler.stories.links import links
from zancrawler.stories.places import placed
from zancrawler.stories.sketch import sketches_of

MIRROR = "lamp-mirror"
Pair = frozenset[str]


@dataclass(frozen=True)
class Piece:
    """An article of the corpus."""

    id: str
    story: str
    outlet: str
    language: str
    published: datetime
    title: str
    text: str
    picture: str | None
    names: tuple[str, ...]


def read_corpus() -> dict[str, Piece]:
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["articles"]
    pieces: dict[str, Piece] = {}
    for table in tables:
        source = pieces.get(table.get("of", ""))
        pieces[table["id"]] = Piece(
            id=table["id"],
            story=table["story"],
            outlet=table["outlet"],
            language=table.get("language") or source.language,
            published=table["published"],
            title=table.get("title") or source.title,
            text=_text(table, source),
            picture=table.get("picture"),
            names=tuple(table.get("names", ())),
        )
    return pieces


def _text(table: dict[str, Any], source: Piece | None) -> str:
    text = (table.get("text") or source.text).strip()
    for old, new in table.get("replace", ()):
        assert old in text, (table["id"], old)
        text = text.replace(old, new)
    parts = (table.get("before"), text, table.get("after"))
    return "\n\n".join(part for part in parts if part)


def members_of(pieces: Iterable[Piece]) -> tuple[list[Member], dict[str, bytes]]:
    """What `refresh` makes of articles: members, and signatures by text_digest."""
    pieces = list(pieces)
    sketches = sketches_of([normalized(piece.text) for piece in pieces])
    members, signatures = [], {}
    for piece, sketch in zip(pieces, sketches, strict=True):
        digest = hashlib.sha256(f"{piece.title}\n\n{piece.text}".encode()).hexdigest()
        signatures[digest] = sketch.signature
        picture = piece.picture and picture_key(f"https://example.org/media/{piece.picture}")
        members.append(
            Member(
                article_id=piece.id,
                outlet=piece.outlet,
                language=piece.language,
                published=piece.published,
                first_seen=piece.published,
                text_digest=digest,
                words=sketch.words,
                numbers=sketch.numbers,
                pictures=(picture,) if picture else (),
                translations=piece.names,
                mirror_of=piece.id.removesuffix("-copy") if piece.outlet == MIRROR else None,
            )
        )
    return members, signatures


def places_of(pieces: Iterable[Piece]) -> dict[str, Placed]:
    members, signatures = members_of(pieces)
    found = placed(members, links(members, signatures))
    return {place.article_id: place for place in found}


def pairs(stories: dict[str, str]) -> set[Pair]:
    """Pairs of ids that are in one story; `stories` by id."""
    groups: dict[str, list[str]] = {}
    for name, story in stories.items():
        groups.setdefault(story, []).append(name)
    return {frozenset(pair) for group in groups.values() for pair in combinations(group, 2)}


@dataclass(frozen=True)
class Score:
    """Pairwise precision and recall."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.right / self.true


def score(found: set[Pair], true: set[Pair]) -> Score:
    return Score(len(found & true), len(found), len(true))


def similarities(pieces: Sequence[Piece]) -> list[tuple[float, str, str]]:
    """Exact shares of three-word runs, for whoever looks at the thresholds."""
    from zancrawler.stories.sketch import _WORD, _shingles

    runs = {p.id: set(_shingles(_WORD.findall(normalized(p.text).casefold()))) for p in pieces}
    return sorted(
        (len(runs[a] & runs[b]) / len(runs[a] | runs[b]), a, b) for a, b in combinations(runs, 2)
    )
