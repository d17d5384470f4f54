"""The tables of an archive in a store, as its last push left them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.dataset as ds

from zancrawler.decisions import Decisions, parse
from zancrawler.storage.manifest import DECISIONS, MAX_DECISIONS, SNAPSHOT, Manifest
from zancrawler.storage.store import Store, StoreError
from zancrawler.tables.columns import Table
from zancrawler.tables.read import KEYS, schema_of


@dataclass(frozen=True, slots=True)
class StoredTables:
    """Reads what one manifest names. A manifest is read for each question, so that it is the last.

    Of what was withdrawn since the tables were pushed, no row with content is given out.
    """

    store: Store

    @classmethod
    def open(cls, uri: str) -> StoredTables:
        """Raises StoreError where nothing can be read."""
        store = Store.open(uri)
        Manifest.required(store)
        return cls(store)

    def dataset(self, table: Table) -> ds.Dataset | None:
        manifest = Manifest.required(self.store)
        folder = f"tables/{table.name}/"
        names = [e.object for e in manifest.entries.values() if e.path.startswith(folder)]
        if not names:
            return None
        try:
            return ds.dataset(
                [self.store.path(name) for name in names],
                schema=schema_of(table),
                format="parquet",
                filesystem=self.store.filesystem,
                partitioning=ds.partitioning(KEYS, flavor="hive"),
                partition_base_dir=self.store.path(f"{SNAPSHOT}/{folder}"),
            )
        except (OSError, pa.ArrowInvalid) as error:
            raise StoreError(f"cannot read {self.store.uri}/{folder}: {error}") from error

    def hidden(self) -> Sequence[str]:
        data = self.store.read(DECISIONS, MAX_DECISIONS)
        if data is None:
            return ()
        where = f"{self.store.uri}/{DECISIONS}"
        try:
            decisions = Decisions.of(parse(data.decode("utf-8"), where))
        except UnicodeDecodeError as error:
            raise StoreError(f"{where} is no UTF-8 text, so that nothing may be shown") from error
        return sorted(decision.article_id for decision in decisions.withdrawn())
