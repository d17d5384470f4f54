"""Alarms: pure functions of an outlet's history and the time, one for each kind.

None looks at single events only: what is unusual is judged against what the same outlet did before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import partial
from itertools import accumulate, pairwise
from operator import attrgetter
from statistics import median, quantiles
from typing import Any, TypeVar

from zancrawler.runs.history import ArticleLook, History, PageLook, PageState
from zancrawler.runs.silence import silence

_Look = TypeVar("_Look", ArticleLook, PageLook)

STRETCHES = (20, 60)
"""Articles or pages in a row. The longer finds what often runs in series, such as a byline that
agency reports lack."""
BEFORE = 600
"""How many of those before a stretch it is held against."""
LEAST_BEFORE = 60
RISE = 0.4
"""How far a share must be above any that was before: less is no breakage."""
FRESH = 5
"""Of the last so many the most must have the fault: what is over is no alarm."""
SETTLED = timedelta(days=14)
"""What is younger is not what is usual yet, or an alarm would soon be used to what is wrong."""
BLOCKED_STRETCH = 10
BLOCKED_WITHIN = timedelta(hours=20)
FAILING_RUNS = 3
FAILING_FOR = timedelta(hours=20)
"""A source must fail in three runs and for the better part of a day: hiccups are shorter."""
CLOCK_SLACK = timedelta(minutes=5)
FREE_BYTES = 2_000_000_000
"""Two WARCs of the usual size."""
GAP_RUNS = 10
GAPS = 3
"""Of the usual time between runs, after which a run is missed."""
LEAST_GAP = timedelta(hours=6)
LONGEST_GAP = timedelta(days=3)
DIED_LATELY = timedelta(days=7)


class AlarmCode(StrEnum):
    SILENCE = "silence"
    """The outlet publishes less than its own habit allows."""
    DRIFT = "drift"
    """Its pages are no longer read as they were: a redesign, most often."""
    BLOCKING = "blocking"
    """It turns us away."""
    UNREACHABLE = "unreachable"
    """The last run got no usable answer, or none any more."""
    SOURCE = "source"
    """A feed, sitemap, listing or API is dead or unreadable, while others work."""
    OVERDUE = "overdue"
    """No run for too long."""
    DIED = "died"
    """A run ended without a word: killed, or out of memory."""
    CHECK = "check"
    """The last check found that what is known of the outlet no longer holds."""
    CLOCK = "clock"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Alarm:
    code: AlarmCode
    outlet: str | None
    """None: it concerns the whole archive."""
    since: datetime
    message: str
    """One sentence: what is wrong, and what to do."""
    detail: str | None = None
    """What tells two alarms of one code and outlet apart: a field, a source."""

    @property
    def key(self) -> tuple[str, str | None, str | None]:
        """The same for as long as the same thing is wrong."""
        return self.code.value, self.outlet, self.detail

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "code": self.code.value}


def alarms(history: History, now: datetime) -> tuple[Alarm, ...]:
    """Everything that is wrong with one outlet now."""
    return tuple(alarm for kind in KINDS for alarm in kind(history, now))


def silent(history: History, now: datetime) -> Iterator[Alarm]:
    """Judged up to the last day before the last run that could see the news (`silence`)."""
    seeing = [run for run in history.runs if run.answered and not run.walled]
    if not seeing:
        return
    last = min(seeing[-1].started, now).astimezone(history.timezone).date()
    found = silence(history.published, last - timedelta(days=1))
    if found:
        since = datetime.combine(found.since, time(), history.timezone)
        yield Alarm(
            AlarmCode.SILENCE,
            history.outlet,
            since,
            f"{history.outlet} published {found.found} articles from {found.since} to "
            f"{found.until}, where its own habit leads to expect {found.expected:.0f}; look at its "
            f"site, and if there is news there, see with `zancrawler crawl -v {history.outlet}` "
            "which of its sources still show it",
        )


def drifted(history: History, now: datetime) -> Iterator[Alarm]:
    """Shares of empty fields, of short texts, of warnings, and of pages that give no article."""
    for name, what, has_fault in _faults(history.articles):
        stretch = _stretch(history.articles, has_fault)
        if stretch:
            yield _drift(history, name, stretch, has_fault, f"articles {what}")
    pages = [page for page in history.pages if page.state is not PageState.BLOCKED]
    latest = _stretch(pages, _gave_none)
    if latest:
        yield _drift(history, "text", latest, _gave_none, "pages gave no article")


def _stretch(looks: Sequence[_Look], has_fault: Callable[[_Look], bool]) -> Sequence[_Look]:
    """The shortest latest stretch in which the fault is out of the usual; empty where none is."""
    for length in STRETCHES:
        latest = looks[-length:]
        marks = [has_fault(look) for look in latest]
        if sum(marks[-FRESH:]) <= FRESH / 2:
            break
        if rose(marks, [has_fault(look) for look in _usual(looks, length)]):
            return latest
    return ()


def _usual(looks: Sequence[_Look], length: int) -> Sequence[_Look]:
    """Those that the last `length` are held against: settled ones, where there are enough."""
    before = looks[:-length]
    settled = [look for look in before if look.at < looks[-1].at - SETTLED]
    return (settled if len(settled) >= LEAST_BEFORE + length else before)[-BEFORE:]


def _faults(
    articles: Sequence[ArticleLook],
) -> Iterator[tuple[str, str, Callable[[ArticleLook], bool]]]:
    """Name, words for the message, and whether an article has the fault."""
    for field in ("title", "author", "date"):
        yield field, f"have no {field}", partial(_lacks, field)
    yield "warnings", "were read with warnings", attrgetter("warned")
    before = [article.words for article in _usual(articles, STRETCHES[0])]
    if len(before) > 1:
        usual = median(before)
        short = min(quantiles(before, n=10)[0], usual / 2)
        lately = median(article.words for article in articles[-STRETCHES[0] :])
        what = f"are shorter than {short:.0f} words (median {lately:.0f}, was {usual:.0f})"
        yield "length", what, partial(_is_short, short)


def _is_short(words: float, article: ArticleLook) -> bool:
    return article.words < words


def _lacks(field: str, article: ArticleLook) -> bool:
    return field in article.lacks


def _gave_none(page: PageLook) -> bool:
    return page.state is PageState.NO_ARTICLE


def _drift(
    history: History,
    field: str,
    stretch: Sequence[_Look],
    has_fault: Callable[[_Look], bool],
    what: str,
) -> Alarm:
    faulty = [look for look in stretch if has_fault(look)]
    return Alarm(
        AlarmCode.DRIFT,
        history.outlet,
        faulty[0].at,
        f"{len(faulty)} of the last {len(stretch)} {what}: the site may have a new design; "
        "compare a page with what `zancrawler extract` makes of it, mend the outlet's file, then "
        f"run `zancrawler rebuild {history.outlet}`",
        field,
    )


def blocking(history: History, now: datetime) -> Iterator[Alarm]:
    """The last run gave up at a wall, or walls are a larger share of the answers than usual."""
    if history.last is None:
        return
    until = max(history.last.finished, history.pages[-1].at if history.pages else now)
    young = [page for page in history.pages if page.at > until - BLOCKED_WITHIN]
    near = young[-BLOCKED_STRETCH:]
    marks = [_is_wall(page) for page in near]
    before = [_is_wall(page) for page in history.pages[: -len(young) or None]]
    walls = [page for page in near if _is_wall(page)]
    if history.last.walled or (len(walls) > 2 and rose(marks, before)):
        reason = f" ({walls[-1].reason})" if walls and walls[-1].reason else ""
        since = walls[0].at if walls else history.last.started
        yield Alarm(
            AlarmCode.BLOCKING,
            history.outlet,
            since,
            f"{history.outlet} turns us away{reason}, {len(walls)} of the last {len(near)} pages; "
            "let it rest, crawl more slowly (`politeness.delay` in its file), or ask the newsroom "
            "to let us in",
        )


def _is_wall(page: PageLook) -> bool:
    return page.state is PageState.BLOCKED


def unreachable(history: History, now: datetime) -> Iterator[Alarm]:
    last = history.last
    if last is None or last.answered or last.walled:
        return
    first = last
    for run in reversed(history.runs):
        if run.answered:
            break
        first = run
    yield Alarm(
        AlarmCode.UNREACHABLE,
        history.outlet,
        first.started,
        f"{history.outlet} gave no usable answer in the last run, or broke off; see whether its "
        "site opens in a browser: if it does, look at our own network, if not, wait",
    )


def source_dead(history: History, now: datetime) -> Iterator[Alarm]:
    """Where all sources fail the outlet is unreachable, and one alarm says so."""
    last = history.last
    if last is None or not last.answered or last.walled:
        return
    for source in history.sources:
        if source.failing >= FAILING_RUNS and source.since and now - source.since >= FAILING_FOR:
            yield Alarm(
                AlarmCode.SOURCE,
                history.outlet,
                source.since,
                f"{source.url} failed in the last {source.failing} runs ({source.reason}); "
                "find where it went, or take it out of the outlet's file",
                source.url,
            )


def overdue(history: History, now: datetime) -> Iterator[Alarm]:
    last = history.last
    if last is None or history.running:
        return
    starts = [run.started for run in history.runs[-GAP_RUNS:]]
    gaps = sorted(later - earlier for earlier, later in pairwise(starts))
    usual = gaps[len(gaps) // 2] if gaps else LONGEST_GAP
    allowed = min(max(GAPS * usual, LEAST_GAP), LONGEST_GAP)
    if now - last.finished > allowed:
        yield Alarm(
            AlarmCode.OVERDUE,
            history.outlet,
            last.finished,
            f"no run of {history.outlet} has ended since {last.finished:%Y-%m-%d %H:%M} UTC; see "
            "whether the schedule still runs, or run `zancrawler crawl` yourself",
        )


def died(history: History, now: datetime) -> Iterator[Alarm]:
    """The last run died, or two of one week did: the next run repairs, but something kills them."""
    lately = [start for start in history.died if now - start < DIED_LATELY]
    is_last = bool(lately) and (history.last is None or lately[-1] > history.last.started)
    if is_last or len(lately) > 1:
        yield Alarm(
            AlarmCode.DIED,
            history.outlet,
            lately[0],
            f"{len(lately)} runs of {history.outlet} ended without a word in the last "
            f"{DIED_LATELY.days} days; what they captured is safe and the next run repairs the "
            "rest, but see the system's log for what killed them: memory, most often",
        )


def check_failed(history: History, now: datetime) -> Iterator[Alarm]:
    check = history.check
    if check and check.faults:
        first, more = check.faults[0], len(check.faults) - 1
        yield Alarm(
            AlarmCode.CHECK,
            history.outlet,
            check.at,
            f"the check of {history.outlet} found: {first.message}"
            + f" (and {more} more)" * bool(more)
            + f"; see all of it with `zancrawler outlets check {history.outlet}`",
        )


def clock_wrong(history: History, now: datetime) -> Iterator[Alarm]:
    last = history.last
    if last and last.started > now + CLOCK_SLACK:
        yield Alarm(
            AlarmCode.CLOCK,
            history.outlet,
            now,
            f"the last run of {history.outlet} began at {last.started:%Y-%m-%d %H:%M} UTC, which "
            "is still to come; set the clock right (`timedatectl`), then run it again",
        )


KINDS: tuple[Callable[[History, datetime], Iterator[Alarm]], ...] = (
    silent,
    drifted,
    blocking,
    unreachable,
    source_dead,
    overdue,
    died,
    check_failed,
    clock_wrong,
)


def disk_low(free_bytes: int, now: datetime) -> Iterator[Alarm]:
    """Of the archive as a whole."""
    if free_bytes < FREE_BYTES:
        yield Alarm(
            AlarmCode.DISK,
            None,
            now,
            f"the archive's disk has {free_bytes / 1e9:.1f} GB left, less than "
            f"{FREE_BYTES / 1e9:.0f}; free some, or move the archive to a larger one",
        )


def rose(marks: Sequence[bool], before: Sequence[bool]) -> bool:
    """Whether the share of marks is above that of every stretch as long among those before."""
    length = len(marks)
    if not length or len(before) < max(LEAST_BEFORE, length):
        return False
    sums = list(accumulate(before, initial=0))
    most = max(later - earlier for earlier, later in zip(sums, sums[length:], strict=False))
    return sum(marks) - most >= RISE * length
