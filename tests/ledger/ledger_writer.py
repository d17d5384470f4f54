"""Records the made-up outlet's looks one by one from where the ledger stands; to be killed.

It prints the number of each that is recorded.
"""

from __future__ import annotations

import sys
from pathlib import Path

from newsroom_days import looks

from zancrawler.ledger import Ledger


def main(path: Path, days: int) -> None:
    with Ledger(path) as ledger:
        done = ledger.through("zan.warc.gz")
        for number, look in enumerate(looks(days), 1):
            if number > done:
                ledger.record([look], through={"zan.warc.gz": number})
                print(number, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
