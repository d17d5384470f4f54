"""Runs: a crawl from its lock to its commit, and whatever else joins several rooms."""
