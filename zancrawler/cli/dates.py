"""Days and moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

DAY = "YYYY-MM-DD"
MOMENT = "YYYY-MM-DD[THH:MM:SS]"


def day(typed: str) -> datetime:
    """The day's first moment, in UTC."""
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise typer.BadParameter(f"'{typed}' is no day; write one as 2026-11-30") from None


def moment(typed: str) -> datetime:
    """A day's first moment, or a moment of it; UTC unless it says otherwise (ISO 8601)."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise typer.BadParameter(
            f"'{typed}' is no time; write one as 2026-11-30 or 2026-11-30T08:15:00"
        ) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
