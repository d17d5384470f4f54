"""WARCs that are not gzipped record by record, made so: a row names a record by its offset."""

from __future__ import annotations

from pathlib import Path

from isal import isal_zlib

from .codecs import GZIP_MAGIC, GZIP_WINDOW
from .members import WarcReader
from .warcfile import GZIP_LEVEL


def is_gzipped_by_record(warc: Path) -> bool:
    """Whether each record has a gzip member of its own. Reads all of the file.

    Raises OSError, DamagedWarcError.
    """
    with warc.open("rb") as file:
        if file.read(len(GZIP_MAGIC)) != GZIP_MAGIC:
            return False
    with WarcReader(warc) as reader:
        return all(record.first_in_member for record in reader)


def repack(warc: Path, target: Path) -> None:
    """Writes the records of any WARC to `target`, byte for byte, each in a gzip member of its own.

    Raises OSError, DamagedWarcError.
    """
    with WarcReader(warc) as reader, target.open("wb") as file:
        for record in reader:
            member = isal_zlib.compressobj(GZIP_LEVEL, isal_zlib.DEFLATED, GZIP_WINDOW)
            file.write(member.compress(record.head))
            for piece in record.pieces():
                file.write(member.compress(piece))
            file.write(member.compress(b"\r\n\r\n") + member.flush())
