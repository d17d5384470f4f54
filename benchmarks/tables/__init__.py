"""Benchmark of the tables: sizes, commits and reads."""
