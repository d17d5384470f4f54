"""Metrics of the schedule for Prometheus, by its own client library (the extra `metrics`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zancrawler.archive import ArchiveError
from zancrawler.runs.notices import Event, EventKind

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


class MetricsError(ArchiveError):
    """Metrics cannot be served; the message says why."""


class Metrics:
    """What the schedule's events add up to. Names as Prometheus' own conventions have them.

    Raises MetricsError where prometheus-client is not installed.
    """

    def __init__(self) -> None:
        try:
            from prometheus_client import CollectorRegistry, Counter, Gauge
        except ImportError:
            raise MetricsError(
                "metrics need prometheus-client; install it with `pip install zancrawler[metrics]`"
            ) from None
        registry = CollectorRegistry()
        self.registry: CollectorRegistry = registry
        self.runs = Counter(
            "zancrawler_runs", "Runs that ended, by how.", ["outlet", "state"], registry=registry
        )
        self.requests = Counter(
            "zancrawler_requests", "HTTP exchanges.", ["outlet"], registry=registry
        )
        self.received = Counter(
            "zancrawler_received_bytes", "Bytes of answers.", ["outlet"], registry=registry
        )
        self.articles = Counter(
            "zancrawler_articles",
            "Sightings of articles, by what they were.",
            ["outlet", "sighting"],
            registry=registry,
        )
        self.running = Gauge(
            "zancrawler_running", "1 while a run goes on.", ["outlet"], registry=registry
        )
        self.last_run = Gauge(
            "zancrawler_last_run_timestamp_seconds",
            "When the last run ended.",
            ["outlet"],
            registry=registry,
        )
        self.next_run = Gauge(
            "zancrawler_next_run_timestamp_seconds",
            "When the next run is due.",
            ["outlet"],
            registry=registry,
        )
        self.alarms = Gauge(
            "zancrawler_alarms", "Alarms that stand.", ["outlet", "code"], registry=registry
        )

    @classmethod
    def serve(cls, host: str, port: int) -> Metrics:
        """Metrics at http://host:port/metrics, from a thread that ends with the process."""
        metrics = cls()
        from prometheus_client import start_http_server

        try:
            start_http_server(port, host, registry=metrics.registry)
        except OSError as error:
            raise MetricsError(
                f"cannot serve metrics on {host}:{port} ({error.strerror}); "
                "choose another --metrics-port"
            ) from error
        return metrics

    def take(self, event: Event) -> None:
        outlet = event.outlet or ""
        if event.kind is EventKind.STARTED:
            self.running.labels(outlet).set(1)
        elif event.kind is EventKind.WAITS and event.due:
            self.next_run.labels(outlet).set(event.due.timestamp())
        elif event.kind is EventKind.RAISED and event.alarm:
            self.alarms.labels(outlet, event.alarm.code.value).inc()
        elif event.kind is EventKind.CLEARED and event.alarm:
            self.alarms.labels(outlet, event.alarm.code.value).dec()
        elif event.summary:
            run = event.summary
            self.running.labels(outlet).set(0)
            self.runs.labels(outlet, run.state.value).inc()
            self.requests.labels(outlet).inc(run.requests)
            self.received.labels(outlet).inc(run.bytes_received)
            self.articles.labels(outlet, "new").inc(run.articles_new)
            self.articles.labels(outlet, "changed").inc(run.articles_changed)
            self.articles.labels(outlet, "unchanged").inc(run.articles_unchanged)
            self.last_run.labels(outlet).set(event.at.timestamp())
