"""Standard streams that are not there, or that nobody reads any more."""

from __future__ import annotations

import os
import sys


def have_streams() -> None:
    """Opens standard input, output and error to nothing where whoever started us closed them.

    The next file would get their number otherwise, and take in what is written to them.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # Descriptors are given out from the lowest on.
            os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(number, True)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def drop_output() -> None:
    """Lets what is still to be printed vanish: Python would try once more at its end, and tell of
    that by a traceback. Raises OSError and ValueError where there is no such output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
