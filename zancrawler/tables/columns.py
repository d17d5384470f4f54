"""The column and the table: how a Parquet schema is declared, described and stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

SCHEMA_VERSION = 3
"""Raised with every change of a column; files of an older version are migrated whole."""

STRING = pa.string()
STRINGS = pa.list_(pa.string())
TIME = pa.timestamp("us", tz="UTC")
INT16, INT32, INT64, FLOAT = pa.int16(), pa.int32(), pa.int64(), pa.float32()


class Storage(StrEnum):
    """How a column is encoded: what was smallest in `benchmarks/tables`."""

    DICTIONARY = "dictionary"
    """Few distinct values."""
    PREFIXES = "DELTA_BYTE_ARRAY"
    """Strings that begin as their neighbours do: URLs."""
    PROSE = "DELTA_LENGTH_BYTE_ARRAY"
    """Long strings; no minimum and maximum is kept of them."""
    NUMBERS = "DELTA_BINARY_PACKED"
    """Times, offsets and counts."""
    PLAIN = "PLAIN"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `rdf` is its term in schema.org, Dublin Core or PROV, as a prefixed name."""

    name: str
    type: pa.DataType
    description: str
    rdf: str | None = None
    required: bool = False
    """Never null."""
    storage: Storage | None = None
    """By default what suits the type."""

    @property
    def field(self) -> pa.Field:
        metadata = {"description": self.description}
        if self.rdf:
            metadata["rdf"] = self.rdf
        return pa.field(self.name, self.type, nullable=not self.required, metadata=metadata)

    @property
    def encoding(self) -> Storage:
        if self.storage:
            return self.storage
        if pa.types.is_integer(self.type) or pa.types.is_timestamp(self.type):
            return Storage.NUMBERS
        return Storage.DICTIONARY if pa.types.is_nested(self.type) else Storage.PLAIN

    @property
    def paths(self) -> tuple[str, ...]:
        """Its columns as Parquet names them: one, or for a list one per field of its elements."""
        if not pa.types.is_list(self.type):
            return (self.name,)
        element = f"{self.name}.list.element"
        if not pa.types.is_struct(self.type.value_type):
            return (element,)
        return tuple(f"{element}.{field.name}" for field in self.type.value_type)


def type_name(kind: pa.DataType) -> str:
    """A column's type for people to read: `list of string`, `{url, caption}`, `UTC time`."""
    if pa.types.is_list(kind):
        return f"list of {type_name(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "{" + ", ".join(field.name for field in kind) + "}"
    return "UTC time" if pa.types.is_timestamp(kind) else str(kind)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the archive: its columns and how its chunks are laid out."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns that tell one row from all others of the outlet."""
    time: str
    """The column whose year (UTC) names the partition. Never null, and it never moves."""
    order: tuple[str, ...]
    """The rows of a chunk are sorted by these columns, nulls last."""
    bloom: tuple[str, ...] = ()
    """Columns with a bloom filter: those that single rows are looked up by."""
    max_rows: int = 20_000
    """Rows of a chunk, and of its one row group."""

    @property
    def schema(self) -> pa.Schema:
        return pa.schema(
            [column.field for column in self.columns],
            metadata={
                "dcterms:description": self.description,
                "zancrawler:schema_version": str(SCHEMA_VERSION),
                "zancrawler:table": self.name,
            },
        )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def writer_options(self) -> dict[str, Any]:
        """Arguments of `pyarrow.parquet.write_table`; reasons and figures in benchmarks/tables."""
        encodings = [(path, column.encoding) for column in self.columns for path in column.paths]
        return {
            "compression": "zstd",
            "compression_level": 3,
            "use_dictionary": [path for path, how in encodings if how is Storage.DICTIONARY],
            "column_encoding": {
                path: how.value for path, how in encodings if how is not Storage.DICTIONARY
            },
            "write_statistics": [path for path, how in encodings if how is not Storage.PROSE],
            "bloom_filter_options": {
                name: {"ndv": self.max_rows, "fpp": 0.01} for name in self.bloom
            },
            "row_group_size": self.max_rows,
            "write_page_index": True,
            "write_page_checksum": True,
        }
