"""Packages for some readers alone: encrypted with age (age-encryption.org/v1) as they are written.

The plain bytes go through a pipe and never to the disk. Needs the extra `age`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO

from zancrawler.archive import ArchiveError, UsageError, put_durably

SUFFIX = ".age"


class Recipients:
    """To whom a package is encrypted."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are public keys, `age1...`. Raises ArchiveError, also without the extra."""
        try:
            import pyrage
        except ImportError as error:
            raise ArchiveError(
                "to encrypt, install the extra: pip install 'zancrawler[age]'"
            ) from error
        self._encrypt = pyrage.encrypt_io
        try:
            self._keys = [pyrage.x25519.Recipient.from_str(key.strip()) for key in keys]
        except pyrage.RecipientError as error:
            # Not what was given: it may be the secret key.
            raise UsageError(
                "what --encrypt-to was given is no public key of age; one begins with age1, and "
                "`age-keygen` prints it"
            ) from error

    @contextmanager
    def writing(self, path: Path) -> Iterator[IO[bytes]]:
        """Yields a pipe; what is written to it is in `path`, encrypted, once all went well.

        Raises OSError, and ArchiveError when it cannot be encrypted.
        """
        faults: list[BaseException] = []
        with put_durably(path) as temporary:
            output, taken = os.pipe()
            worker = Thread(target=self._work, args=(output, temporary, faults))
            worker.start()
            try:
                with suppress(BrokenPipeError), os.fdopen(taken, "wb") as pipe:
                    yield pipe
            finally:
                worker.join()
            if faults:
                raise ArchiveError(f"cannot write {path}: {faults[0]}") from faults[0]

    def _work(self, descriptor: int, path: Path, faults: list[BaseException]) -> None:
        try:
            with os.fdopen(descriptor, "rb") as plain, path.open("wb") as file:
                self._encrypt(plain, file, self._keys)
        # Whatever it is must reach the thread that waits for us.
        except Exception as error:
            faults.append(error)


def encrypted_name(path: Path) -> Path:
    """The name of the package that is encrypted."""
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
