"""Which article of the archive a URL means, in whatever spelling another page has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zancrawler.outlets import Outlet, canonical_url, host_of
from zancrawler.outlets.urls import is_mirrored
from zancrawler.tables.articles import article_id


@dataclass(frozen=True, slots=True)
class Addresses:
    by_host: Mapping[str, Sequence[Outlet]]
    origins: Mapping[str, Sequence[Outlet]]
    """Outlets that have a mirror on the host."""

    @classmethod
    def of(cls, outlets: Sequence[Outlet]) -> Addresses:
        by_host, origins = defaultdict(list), defaultdict(list)
        for outlet in outlets:
            for host in outlet.domains:
                by_host[host].append(outlet)
            for mirror in outlet.mirrors:
                origins[mirror.partition("/")[0]].append(outlet)
        return cls(by_host, origins)

    def ids(self, url: str) -> Iterator[str]:
        """Ids that an article at this URL may have; several where outlets share a host."""
        for outlet in self.by_host.get(host_of(url), ()):
            yield article_id(canonical_url(url, outlet))

    def origin(self, url: str, outlet: str) -> str | None:
        """The id that an outlet's page has where it comes from, if its host is a mirror."""
        for origin in self.origins.get(host_of(url), ()):
            if origin.name != outlet and is_mirrored(url, origin):
                return article_id(canonical_url(url, origin))
        return None
