"""A time-stamp on a checkpoint (RFC 3161): a server signs its hash and the time.

Nothing but the hash is sent, and only where the user names a server. Whether to trust that server
is for whoever checks the stamp: `openssl ts -verify` does, given its certificate.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from zancrawler.archive import ArchiveError

PATIENCE = 30
"""Seconds for each step of the answer."""
ALL = 60
"""Seconds for all of it."""
MAX_ANSWER = 1 << 20
"""Bytes; a stamp with its certificates has a few thousand."""
GRANTED = (0, 1)
"""PKIStatus granted, and grantedWithMods (RFC 3161 section 2.4.2)."""


class NoTimestampError(ArchiveError):
    """No server has put a time-stamp on it; the message says why."""


def timestamp(data: bytes, url: str) -> bytes:
    """The answer of the time-stamping server at `url` over the SHA-256 of the data, in DER.

    That it is for this hash and this request is looked at; its signature is not. Raises
    NoTimestampError.
    """
    try:
        from rfc3161_client import (
            HashAlgorithm,
            TimestampRequestBuilder,
            decode_timestamp_response,
        )
    except ImportError:
        raise NoTimestampError(
            "time-stamps need an extra: pip install 'zancrawler[timestamp]'"
        ) from None
    if urlsplit(url).scheme not in ("http", "https"):
        raise NoTimestampError(f"{url} is no web address; give --tsa one of http or https")
    asked = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _post(url, asked.as_bytes())
    try:
        told = decode_timestamp_response(answer)
        if told.status not in GRANTED:
            raise NoTimestampError(f"{url} refuses a time-stamp: {', '.join(told.status_string)}")
        stamp = told.tst_info
    except ValueError as error:
        raise NoTimestampError(f"{url} sent no time-stamp: {error}") from error
    is_ours = stamp.message_imprint.message == hashlib.sha256(data).digest()
    if not is_ours or stamp.nonce != asked.nonce:
        raise NoTimestampError(f"{url} sent a time-stamp for something else")
    return answer


def _post(url: str, query: bytes) -> bytes:
    """The answer, of a server that may send a byte at a time for ever."""
    answers: SimpleQueue[bytes | NoTimestampError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_answer(url, query))
        except NoTimestampError as error:
            answers.put(error)

    # The process does not wait for it.
    Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=ALL)
    except Empty:
        raise NoTimestampError(f"{url} has not answered within {ALL} seconds") from None
    if isinstance(answer, NoTimestampError):
        raise answer
    return answer


def _answer(url: str, query: bytes) -> bytes:
    request = urllib.request.Request(
        url, data=query, headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            data: bytes = answer.read(MAX_ANSWER + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoTimestampError(f"{url} gives no time-stamp: {error}") from error
    if len(data) > MAX_ANSWER:
        raise NoTimestampError(f"{url} sent more than {MAX_ANSWER} bytes")
    return data
