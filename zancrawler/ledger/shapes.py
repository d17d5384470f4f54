"""The shapes of an outlet's URLs, counted, so that an explosion is seen and stopped."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from zancrawler.ledger.traps import MANY, MAX_SHAPES, Shape, shape_of, trap


class Shapes:
    """All shapes of one ledger in memory, saved by the ledger's own transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._ids: dict[str, int] = {}
        self._shapes: dict[str, Shape] = {}
        self._unsaved: set[str] = set()
        for row in database.execute(
            "SELECT id, name, urls, looks, fruits, refused, trap, example FROM shape"
        ):
            shape = Shape(*row[1:])
            self._ids[shape.name] = row[0]
            self._shapes[shape.name] = shape

    def advertised(self, url: str) -> int:
        """Counts a new URL; returns the id of its shape."""
        shape = self._of(url)
        self._put(replace(shape, urls=shape.urls + 1, example=shape.example or url))
        return self._ids[shape.name]

    def refuses(self, url: str) -> bool:
        """Whether a new URL is of a trapped shape; counts it there if so."""
        shape = self._of(url)
        if not trap(shape):
            return False
        self._put(replace(shape, refused=shape.refused + 1, example=shape.example or url))
        return True

    def looked(self, url: str, *, fruitful: bool) -> None:
        """Counts the first look at a URL. Where that shows a trap, no more of it is due."""
        shape = self._of(url)
        self._put(replace(shape, looks=shape.looks + 1, fruits=shape.fruits + fruitful))

    def traps(self) -> tuple[Shape, ...]:
        found = [shape for shape in self._shapes.values() if shape.trap]
        return tuple(sorted(found, key=lambda shape: (-shape.refused - shape.urls, shape.name)))

    def save(self) -> None:
        """Writes what has changed; for the ledger to call inside its transaction."""
        self._database.executemany(
            "UPDATE shape SET urls = ?, looks = ?, fruits = ?, refused = ?, trap = ?, example = ? "
            "WHERE id = ?",
            [
                (
                    shape.urls,
                    shape.looks,
                    shape.fruits,
                    shape.refused,
                    shape.trap,
                    shape.example,
                    self._ids[name],
                )
                for name in sorted(self._unsaved)
                for shape in (self._shapes[name],)
            ],
        )
        self._unsaved.clear()

    def _of(self, url: str) -> Shape:
        name = shape_of(url)
        if name not in self._shapes and len(self._shapes) >= MAX_SHAPES:
            name = MANY
        if name not in self._shapes:
            made = self._database.execute(
                "INSERT INTO shape (name, urls, looks, fruits, refused, example) "
                "VALUES (?, 0, 0, 0, 0, '')",
                (name,),
            )
            self._ids[name] = int(made.lastrowid or 0)
            self._shapes[name] = Shape(name)
        return self._shapes[name]

    def _put(self, shape: Shape) -> None:
        reason = trap(shape)
        if reason and not shape.trap:
            shape = replace(shape, trap=reason)
            self._database.execute(
                "UPDATE url SET next_due = NULL, why = 'trap', reason = 'trap' "
                "WHERE shape = ? AND looks = 0",
                (self._ids[shape.name],),
            )
        self._shapes[shape.name] = shape
        self._unsaved.add(shape.name)
