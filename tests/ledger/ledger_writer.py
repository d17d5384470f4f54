"""Records the made-up outlet's looks one by one from where the ledger stands; to be killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from newsroom_days import looks

from zancrawler.ledger import Ledger


def main(path: Path, days: int) -> None:
    with Ledger(path) as ledger:
        done = ledger.through("zan.warc.gz")
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        for number, look in enumerate(looks(days), 1):
            if number > done:
                ledger.record([look], through={"zan.warc.gz": number})
                time.sleep(0.002)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
