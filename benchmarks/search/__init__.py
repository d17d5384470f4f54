"""Benchmark of the search: making the index, and finding, against scans of the tables."""
