"""Benchmarks: each is one command, `python -m benchmarks.NAME`, and prints ratios."""
