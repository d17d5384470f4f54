"""Engines: where the parts of a rebuild are made. Every one of them runs `Extraction.make`."""

from __future__ import annotations

from enum import StrEnum


class Engine(StrEnum):
    LOCAL = "local"
    """Processes of this machine; needs nothing."""
    DATATROVE = "datatrove"
    """Hugging Face's, with its markers and logs; the extra of that name."""
