"""`zancrawler`, and `python -m zancrawler`."""

from __future__ import annotations

from zancrawler import interrupts
from zancrawler.output import have_streams


def main() -> None:
    have_streams()
    interrupts.run(_command)


def _command() -> None:
    # Not above: this takes most of a second, in which Ctrl-C may come already.
    from zancrawler.cli import main as run

    run()


if __name__ == "__main__":
    main()
