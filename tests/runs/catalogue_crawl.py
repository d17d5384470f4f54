"""Crawls outlets of the catalogue, each by its own spider, in one process that also serves them.

`crawl_as_module(ARCHIVE, NAMES)` starts the process. Every host name is resolved to it, and it
answers for all outlets, over TLS where they use it. It prints one JSON object an outlet.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

from catalogue_sites import OutletSite, by_host
from hostile import self_signed
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.log import configure_logging
from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor
from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.ssl import DefaultOpenSSLContextFactory
from twisted.web.resource import Resource
from twisted.web.server import Site
from zope.interface import implementer

from zancrawler.newsroom.answer import Ask
from zancrawler.outlets import Catalogue
from zancrawler.runs import follower
from zancrawler.runs.extension import RunExtension

SETTINGS = {
    "ZANCRAWLER_ANONYMOUS": "1",
    # Nobody waits for anybody here.
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "0",
    "LOG_LEVEL": "ERROR",
}
LANES = 2
"""Outlets at once."""


@implementer(IHostResolution)
class Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way."""


@implementer(IHostnameResolver)
class LoopbackResolver:
    """Every name is here; each well-known port is one of ours."""

    def __init__(self, ports: dict[int, int]) -> None:
        self.ports = ports

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver,  # noqa: N803
        hostName,  # noqa: N803
        portNumber=0,  # noqa: N803
        addressTypes=None,  # noqa: N803
        transportSemantics="TCP",  # noqa: N803
    ):
        resolution = Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        port = self.ports[portNumber]
        resolutionReceiver.addressResolved(IPv4Address("TCP", "127.0.0.1", port))
        resolutionReceiver.resolutionComplete()
        return resolution


class Hosts(Resource):
    """All outlets' hosts."""

    isLeaf = True  # noqa: N815

    def __init__(self, sites: list[OutletSite]) -> None:
        super().__init__()
        self.sites = sites

    def render_GET(self, request):  # noqa: N802
        scheme = "https" if request.isSecure() else "http"
        url = f"{scheme}://{request.getHeader('host')}{request.uri.decode()}"
        query = {name.decode(): values[-1].decode() for name, values in request.args.items()}
        ask = Ask(unquote(request.path.decode()), query)
        from zancrawler.newsroom.server import deliver

        return deliver(request, by_host(self.sites, url).answer(url, ask))


async def crawl(runner: AsyncCrawlerRunner, names: list[str], sites: dict[str, OutletSite]):
    while names:
        name = names.pop()
        crawler = runner.create_crawler(name)
        await runner.crawl(crawler)
        summary = crawler.get_extension(RunExtension).summary()
        said = {"outlet": name, "asked": sites[name].asked, **summary.as_json()}
        sys.stdout.write(json.dumps(said, default=str) + "\n")
        sys.stdout.flush()


def start(archive: Path, names: Sequence[str]) -> subprocess.Popen[str]:
    """The process that crawls them. `-c`: whatever it spawns would run a script of ours again."""
    return subprocess.Popen(
        [sys.executable, "-c", "import catalogue_crawl; catalogue_crawl.main()", archive, *names],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], *sys.path])},
    )


async def crawl_all(archive: str, names: list[str]) -> None:
    from twisted.internet import reactor

    catalogue = Catalogue.open()
    sites = {name: OutletSite.of(catalogue.get(name)) for name in names}
    server = Site(Hosts(list(sites.values())))
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = self_signed(Path(folder))
        secure = DefaultOpenSSLContextFactory(key, certificate)
        https = reactor.listenSSL(0, server, secure, interface="127.0.0.1").getHost().port
        http = reactor.listenTCP(0, server, interface="127.0.0.1").getHost().port
    reactor.installNameResolver(LoopbackResolver({443: https, 80: http}))
    settings = get_project_settings()
    settings.setmodule("zancrawler.settings", priority="project")
    settings.update({**SETTINGS, "ZANCRAWLER_ARCHIVE": archive}, priority="cmdline")
    configure_logging(settings)
    runner = AsyncCrawlerRunner(settings)
    left = sorted(names, reverse=True)
    await asyncio.gather(*(crawl(runner, left, sites) for _ in range(LANES)))


def fork_followers() -> None:
    """Forks each run's follower from one process that has imported what they need.

    Forty-one cold starts would take as long as all the rest.
    """
    warm = multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload(["zancrawler.runs.follower"])
    follower.multiprocessing = SimpleNamespace(get_context=lambda _: warm)


def main() -> None:
    fork_followers()
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    task = asyncio.get_event_loop().create_task(crawl_all(sys.argv[1], sys.argv[2:]))
    task.add_done_callback(lambda _: reactor.stop())
    reactor.run()
    task.result()
