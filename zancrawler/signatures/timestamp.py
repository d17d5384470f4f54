"""Asking for a time-stamp (RFC 3161): a server signs a hash and the time.

Nothing but the hash is sent, and only where the user names a server. Whether to trust that server
is for whoever checks the stamp: `openssl ts -verify` does, given its certificate.
"""

from __future__ import annotations

import hashlib
import http.client
import secrets
import urllib.request
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from pyasn1.codec.der.encoder import encode
from pyasn1_modules import rfc3161

from zancrawler.archive import ArchiveError, UsageError

from .certificates import NoProofError
from .stamps import MAX_STAMP, read_stamp

PATIENCE = 30
"""Seconds for each step of the answer."""
ALL = 60
"""Seconds for all of it."""
SHA256 = "2.16.840.1.101.3.4.2.1"


class NoTimestampError(ArchiveError):
    """No server has put a time-stamp on it; the message says why."""


def check_address(url: str) -> None:
    """That a server could be asked there, for who will need it after long work.

    Asks nobody. Raises UsageError.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError(f"{url} is no web address; give --tsa one of http or https")


def timestamp(data: bytes, url: str) -> bytes:
    """The answer of the time-stamping server at `url` over the SHA-256 of the data, in DER.

    The server is asked for its certificate as well. That the answer is for this hash and this
    request is looked at; its signature is not. Raises NoTimestampError.
    """
    check_address(url)
    nonce = secrets.randbits(64)
    answer = _post(url, _query(data, nonce))
    try:
        stamp = read_stamp(answer)
    except NoProofError as error:
        raise NoTimestampError(f"{url} gives no time-stamp: {error}") from error
    try:
        stamp.check_over(data)
    except NoProofError as error:
        raise NoTimestampError(f"{url} sent a time-stamp for something else") from error
    if stamp.nonce != nonce:
        raise NoTimestampError(f"{url} sent a time-stamp for something else")
    return answer


def _query(data: bytes, nonce: int) -> bytes:
    """A TimeStampReq (RFC 3161, 2.4.1)."""
    query = rfc3161.TimeStampReq()
    query["version"] = 1
    query["messageImprint"]["hashAlgorithm"]["algorithm"] = SHA256
    query["messageImprint"]["hashedMessage"] = hashlib.sha256(data).digest()
    query["nonce"] = nonce
    query["certReq"] = True
    encoded: bytes = encode(query)
    return encoded


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
            data: bytes = answer.read(MAX_STAMP + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoTimestampError(f"{url} gives no time-stamp: {error}") from error
    if len(data) > MAX_STAMP:
        raise NoTimestampError(f"{url} sent more than {MAX_STAMP} bytes")
    return data
