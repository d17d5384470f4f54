"""What is known of each URL of an outlet: advertised, tried, captured, due."""

from zancrawler.ledger.coverage import Coverage, Month, SourceCoverage
from zancrawler.ledger.ledger import Ledger
from zancrawler.ledger.model import (
    SAME_PAYLOAD,
    UNREADABLE,
    Advertisement,
    Due,
    Entry,
    Kind,
    LedgerError,
    Outcome,
    Sighting,
    State,
)
from zancrawler.ledger.schema import UnwritableLedgerError
from zancrawler.ledger.traps import Shape

__all__ = [
    "SAME_PAYLOAD",
    "UNREADABLE",
    "Advertisement",
    "Coverage",
    "Due",
    "Entry",
    "Kind",
    "Ledger",
    "LedgerError",
    "Month",
    "Outcome",
    "Shape",
    "Sighting",
    "SourceCoverage",
    "State",
    "UnwritableLedgerError",
]
