"""`python -m zancrawler`."""

from zancrawler.cli import main

main()
