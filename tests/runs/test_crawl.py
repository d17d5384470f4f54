"""Outlets that share a host are asked one after the other."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from zancrawler.outlets import Catalogue, Outlet
from zancrawler.runs.crawl import by_host


def outlet(name: str, *hosts: str) -> Outlet:
    return replace(Catalogue.open().get("zannews"), name=name, domains=hosts)


def test_the_two_of_one_host_are_a_group() -> None:
    bbc = [Catalogue.open().get(name) for name in ("bbc-persian", "zannews", "bbc-pashto")]
    assert sorted(map(sorted, by_host(bbc))) == [["bbc-pashto", "bbc-persian"], ["zannews"]]


def test_a_third_joins_two_groups() -> None:
    outlets = [outlet("a", "one"), outlet("b", "two"), outlet("c", "one", "two")]
    assert by_host(outlets) == [["b", "a", "c"]] or by_host(outlets) == [["a", "b", "c"]]


@given(st.lists(st.lists(st.sampled_from("vwxyz"), min_size=1, max_size=3), max_size=8))
def test_no_host_is_in_two_groups(hosts: list[list[str]]) -> None:
    outlets = [outlet(f"n{number}", *own) for number, own in enumerate(hosts)]
    groups = by_host(outlets)
    assert sorted(chain(*groups)) == sorted(each.name for each in outlets)
    theirs = [{h for o in outlets if o.name in group for h in o.domains} for group in groups]
    assert sum(map(len, theirs)) == len(set().union(*theirs))
