"""Sharing: rows as a profile hands them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zancrawler.exports.masking import COVER, Names
from zancrawler.exports.profile import Profile
from zancrawler.tables.columns import Table

MASKED = "masked"
"""The warning of a row in which a name was covered; its text_digest is of the text as it was."""

_URLS = ("url", "canonical_url", "url_surtkey")
_WRITTEN = ("title", "subtitle", "description", "text", "text_normalized", "section", "tags")


@dataclass(frozen=True, slots=True)
class Sharing:
    """A profile, and the names that it covers."""

    profile: Profile
    names: Names

    def schema(self, table: Table) -> pa.Schema:
        """The columns of a table that are handed on."""
        kept = [name for name in table.names if name not in self.profile.left_out]
        return pa.schema([table.schema.field(name) for name in kept])

    def apply(self, rows: pa.Table, table: Table) -> pa.Table:
        """The rows as they are handed on. `rows` has all columns of the table."""
        if self.profile is not Profile.PRIVATE:
            marks = pc.fill_null(pc.list_value_length(rows["sensitivity"]), 0)
            rows = rows.filter(pc.equal(marks, 0))
            if self.names:
                rows = self._masked(rows)
        return rows.select(self.schema(table).names)

    def _masked(self, rows: pa.Table) -> pa.Table:
        touched = [False] * rows.num_rows
        for name in _WRITTEN:
            values = rows[name].to_pylist()
            covered = [self._cover(value) for value in values]
            touched = [t or a != b for t, a, b in zip(touched, values, covered, strict=True)]
            rows = _with(rows, name, covered)
        for name in _URLS:
            values = rows[name].to_pylist()
            covered = [COVER if self.names.are_in_url(value or "") else value for value in values]
            touched = [t or a != b for t, a, b in zip(touched, values, covered, strict=True)]
            rows = _with(rows, name, covered)
        links = [
            [url for url in urls or () if not self.names.are_in_url(url)]
            for urls in rows["links"].to_pylist()
        ]
        translations = [
            [item for item in items or () if not self.names.are_in_url(item["url"] or "")]
            for items in rows["translations"].to_pylist()
        ]
        rows = _with(_with(rows, "links", links), "translations", translations)
        warnings = [
            [*(codes or ()), MASKED] if is_touched else codes
            for codes, is_touched in zip(rows["warnings"].to_pylist(), touched, strict=True)
        ]
        return _with(rows, "warnings", warnings)

    def _cover(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.names.cover(value)
        return [self.names.cover(item) for item in value] if value else value


def _with(rows: pa.Table, name: str, values: Sequence[Any]) -> pa.Table:
    index = rows.schema.get_field_index(name)
    field = rows.schema.field(index)
    return rows.set_column(index, field, pa.array(values, field.type))
