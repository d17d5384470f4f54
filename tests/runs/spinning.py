"""An extraction that never ends, as a hostile record may make it."""

from __future__ import annotations

import resource
from pathlib import Path

from zancrawler.runs.parts import SECONDS, Extraction


class Spinning(Extraction):
    """Over the first span it makes one, and over the second it spins; of the time that it was given
    it leaves a second."""

    def make(self, span):
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        assert soft != resource.RLIM_INFINITY
        given = Path(self.staging.root) / "given"
        with given.open("a") as file:
            file.write(f"{soft}\n")
        if span.offset:
            resource.setrlimit(resource.RLIMIT_CPU, (soft - SECONDS + 1, hard))
            while True:
                pass
        burn = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime) + 2
        while resource.getrusage(resource.RUSAGE_SELF).ru_utime < burn:
            pass
        super().make(span)
