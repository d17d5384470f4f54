"""Standard output of which the other end is gone."""

from __future__ import annotations

import os
import sys


def drop_output() -> None:
    """Lets what is still to be printed vanish: Python would try once more at its end, and tell of
    that by a traceback. Raises OSError and ValueError where there is no such output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
