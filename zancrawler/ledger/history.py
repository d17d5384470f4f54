"""How an entry changes when its URL is advertised and when it is looked at. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from zancrawler.ledger.due import (
    ALMOST_A_DAY,
    DAY,
    HOUR,
    REQUISITE_AGE,
    modified_since,
    next_due,
    paced,
)
from zancrawler.ledger.model import (
    SAME_PAYLOAD,
    UNREADABLE,
    Advertisement,
    Entry,
    Kind,
    Outcome,
    State,
)

STRIKES_TO_BE_GONE = 3
DROPPED = "dropped"

_STANDING = {Kind.REQUISITE: -1, Kind.OTHER: 0, Kind.ARTICLE: 1}


def first_advertised(advert: Advertisement, at: datetime) -> Entry:
    """The entry of a URL that was unknown until `at`. It is due since it was last modified.

    That is how news comes before what a backfill digs up: the latest is asked for first.
    """
    lastmod = _sane(advert.lastmod, at)
    return Entry(
        url=advert.url,
        kind=advert.kind,
        state=State.ADVERTISED,
        first_advertised=at,
        title=advert.title,
        lastmod=lastmod,
        first_lastmod=lastmod,
        next_due=min(lastmod or at, at),
    )


def advertised_again(
    entry: Entry,
    advert: Advertisement,
    at: datetime,
    *,
    lastmod_holds: bool,
    edit_rate: float,
    last_shown: datetime | None = None,
) -> Entry:
    """The entry after one more advertisement; the same object where that changes nothing.

    `lastmod_holds`: this outlet's lastmod was not found to be idle talk. `edit_rate`: as for
    `next_due`. `last_shown`: when any source showed the URL before.
    """
    if entry.state is State.WITHDRAWN:
        return entry
    if advert.kind is Kind.REQUISITE:
        return _wanted_again(entry, at)
    lastmod = _sane(advert.lastmod, at)
    kind = _standing(entry.kind, advert.kind)
    latest = max(filter(None, (entry.lastmod, lastmod)), default=None)
    earliest = min(filter(None, (entry.first_lastmod, lastmod)), default=None)
    title = entry.title or advert.title
    known = (entry.kind, entry.lastmod, entry.first_lastmod, entry.title)
    if (kind, latest, earliest, title) != known:
        entry = replace(entry, kind=kind, lastmod=latest, first_lastmod=earliest, title=title)
    if entry.why == DROPPED and entry.last_look:
        due, why = next_due(entry, entry.last_look, edit_rate)
        entry = replace(entry, next_due=due, why=why)
    asked_again = advert.kind is Kind.NEXT_PAGE and entry.state is not State.ADVERTISED
    looked_well = entry.failures == 0 and (entry.held or entry.state is State.GONE)
    heeded = lastmod_holds or entry.kind.scheduled
    if asked_again and entry.failures == 0:
        return replace(entry, next_due=at, why="next page")
    if heeded and looked_well and modified_since(entry) and (_later(entry.next_due, at)):
        return replace(entry, next_due=at, why="lastmod")
    if _reappears(entry, at, last_shown) and _later(entry.next_due, at):
        return replace(entry, next_due=at, why="back")
    return entry


def _wanted_again(entry: Entry, at: datetime) -> Entry:
    """A page needs what other pages, or other sources, have shown before."""
    is_old = entry.last_look is not None and at - entry.last_look >= REQUISITE_AGE
    if entry.kind is not Kind.REQUISITE or entry.next_due or not is_old:
        return entry
    return replace(entry, next_due=at, why="wanted again")


def withdrawn(entry: Entry, reason: str) -> Entry:
    """The entry of an article that a person has withdrawn: never due, and without its title."""
    return replace(
        entry,
        state=State.WITHDRAWN,
        reason=reason,
        title=None,
        next_due=None,
        why="withdrawn",
    )


def restored(entry: Entry, at: datetime) -> Entry:
    """The entry after a withdrawal was taken back."""
    state = State.CAPTURED if entry.text_digest else State.ADVERTISED
    return replace(entry, state=state, reason=None, next_due=at, why="restored")


def no_longer_shown(entry: Entry, at: datetime) -> Entry:
    """The entry of an article that a sitemap showed at its last reading and at this one does not.

    Due in an hour, by when the outlet's other sources have been read: one of them may show it.
    """
    soon = at + HOUR
    stands = entry.kind is Kind.ARTICLE and entry.state in (State.CAPTURED, State.UNCHANGED)
    return (
        replace(entry, next_due=soon, why=DROPPED)
        if stands and _later(entry.next_due, soon)
        else entry
    )


def _reappears(entry: Entry, at: datetime, last_shown: datetime | None) -> bool:
    """Whether a page that was not there is shown again, after its outlet had ceased to show it.

    Many outlets go on to advertise what is gone: that alone is worth no look.
    """
    strike = entry.last_strike if entry.strikes else None
    if strike is None or last_shown is None:
        return False
    return last_shown <= strike - ALMOST_A_DAY and at >= strike + ALMOST_A_DAY


def looked(entry: Entry, outcome: Outcome, fresh: int, edit_rate: float) -> Entry:
    """The entry after one look at it, which brought `fresh` unknown URLs."""
    at = outcome.at
    if entry.state is State.WITHDRAWN:
        return entry
    # What an article's URL answers makes it no source.
    kind = _standing(Kind.OTHER, outcome.kind) if entry.kind is Kind.OTHER else entry.kind
    if kind.scheduled:
        outcome = _of_source(outcome)
    before, since = entry.reason, entry.next_due if _is_tried_again(entry, outcome) else None
    entry = replace(
        entry,
        last_look=at,
        looks=entry.looks + (since is None),
        looked_lastmod=entry.lastmod,
        kind=kind,
        reason=outcome.reason,
        target=outcome.target,
    )
    match outcome.state:
        case State.UNCHANGED if _is_empty_handed(entry, outcome):
            # The same wall, or the same failed page, is no success for being the same.
            entry = _failed_again(entry, before, at)
        case State.CAPTURED | State.UNCHANGED:
            entry = _captured(entry, outcome)
        case State.GONE:
            entry = _struck(_with_payload(entry, outcome), at)
        case State.FAILED | State.BLOCKED:
            entry = _with_payload(entry, outcome)
            failures = entry.failures + (since is None)
            entry = replace(entry, state=outcome.state, failures=failures)
        case state:
            entry = replace(entry, state=state, failures=0, strikes=0)
    if entry.failures == 0:
        entry = replace(entry, interval=paced(entry.kind, entry.interval, fresh))
    wait = timedelta(seconds=min(max(outcome.wait or 0, 0), 30 * DAY.total_seconds()))
    if since is not None:
        return replace(entry, next_due=max(since, at + wait))
    due, why = next_due(entry, at, edit_rate, wait)
    return replace(entry, next_due=due, why=why)


def _of_source(outcome: Outcome) -> Outcome:
    """The outcome of a look at a source, which is never gone; what is read as none has failed."""
    if outcome.state is State.GONE:
        return replace(outcome, state=State.FAILED)
    if outcome.state is State.CAPTURED and outcome.kind is Kind.OTHER:
        return replace(outcome, state=State.FAILED, reason=UNREADABLE)
    return outcome


def _is_tried_again(entry: Entry, outcome: Outcome) -> bool:
    """Whether a look fails that has failed before and was not due yet: what is asked for several
    times in a row has failed once."""
    is_failure = outcome.state in (State.FAILED, State.BLOCKED) and outcome.state is entry.state
    is_early = entry.next_due is not None and outcome.at < entry.next_due
    return is_failure and is_early and entry.failures > 0


def _is_empty_handed(entry: Entry, outcome: Outcome) -> bool:
    """Whether an answer that says "as before" brings no article.

    It speaks of an earlier look, and that may have been one at a wall; and some servers answer 304
    to who holds nothing.
    """
    if outcome.reason != SAME_PAYLOAD:
        return entry.kind is Kind.ARTICLE and not entry.held
    missed = bool(entry.failures or entry.strikes)
    digest = outcome.content_digest
    is_known = digest is not None and digest == entry.content_digest
    return missed and not is_known if entry.held else missed or is_known


def _failed_again(entry: Entry, before: str | None, at: datetime) -> Entry:
    """The entry after a look that found what an earlier one had found, and that was no article."""
    if entry.failures:
        return replace(entry, failures=entry.failures + 1, reason=before)
    if entry.strikes:
        return replace(_struck(entry, at), reason=before)
    return replace(entry, state=State.FAILED, failures=1)


def _with_payload(entry: Entry, outcome: Outcome) -> Entry:
    """What a look that failed brought, to be known again; a held article's own stays."""
    digest = None if entry.held else outcome.content_digest
    return replace(entry, content_digest=digest or entry.content_digest)


def _captured(entry: Entry, outcome: Outcome) -> Entry:
    same = outcome.state is State.UNCHANGED or (
        entry.held and _digest(outcome) is not None and _digest(outcome) == _digest(entry)
    )
    changed = entry.held and not same
    etag, last_modified = _validators(entry, outcome)
    return replace(
        entry,
        state=State.UNCHANGED if same else State.CAPTURED,
        failures=0,
        strikes=0,
        published=outcome.published or entry.published,
        first_captured=entry.first_captured or outcome.at,
        changes=entry.changes + changed,
        last_changed=outcome.at if changed else entry.last_changed,
        content_digest=outcome.content_digest or entry.content_digest,
        text_digest=outcome.text_digest or entry.text_digest,
        etag=etag,
        last_modified=last_modified,
    )


def _validators(entry: Entry, outcome: Outcome) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to ask with the next time; neither where a full answer is wanted.

    An index of sitemaps is always asked for in full: a 304 would say that it names the same
    children, not that there is nothing new in these.
    """
    if any(advert.kind is Kind.SITEMAP for advert in outcome.adverts):
        return None, None
    if entry.kind is Kind.SITEMAP and outcome.reason == SAME_PAYLOAD:
        # Kept without its body, so it shows no children; it may be an index all the same.
        return entry.etag, entry.last_modified
    # A 304 repeats only the validators that it wants to change (RFC 9110 section 15.4.5).
    kept = entry if outcome.state is State.UNCHANGED else outcome
    return outcome.etag or kept.etag, outcome.last_modified or kept.last_modified


def _struck(entry: Entry, at: datetime) -> Entry:
    another_day = entry.last_strike is None or entry.last_strike.date() != at.date()
    strikes = entry.strikes + (another_day or not entry.strikes)
    return replace(
        entry,
        state=State.GONE if strikes >= STRIKES_TO_BE_GONE else State.FAILED,
        failures=0,
        strikes=strikes,
        last_strike=at,
    )


def _digest(known: Entry | Outcome) -> str | None:
    """What tells two captures apart: the article's text, or for other pages the payload."""
    return known.text_digest or known.content_digest


def _standing(known: Kind, told: Kind) -> Kind:
    """A URL's standing only rises, so the order in which it is told of does not matter."""
    return max(known, told, key=lambda kind: _STANDING.get(kind, 2))


def _later(due: datetime | None, at: datetime) -> bool:
    return due is None or due > at


def _sane(lastmod: datetime | None, at: datetime) -> datetime | None:
    """A lastmod from the future is a broken clock or a lie, and would be the latest for ever."""
    return lastmod if lastmod is not None and lastmod <= at + DAY else None
