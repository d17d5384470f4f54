"""The fact: a thing that was learnt of a site, and where it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    value: T
    where: str
    """A few words, for the comment in the outlet's file."""
