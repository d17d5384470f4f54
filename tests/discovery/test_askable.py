"""Which addresses anybody on the Internet can ask."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest
from news_outlet import OUTLET

from zancrawler.discovery.askable import askable, is_open_to_all, may_be_reached

CLOSED = (
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "192.168.0.1", "0.0.0.0"),
    *("224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1"),
    *("::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "ff0e::1", "100::1", "2001:db8::1"),
    *("::127.0.0.1", "::a9fe:a9fe", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:7f00:1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::e000:1", "64:ff9b:1::808:808"),
    *("2002:7f00:1::1", "2002:a9fe:a9fe::", "2001:0:7f00:1::1", "4000::1"),
)
OPEN = ("93.184.215.14", "2606:2800:220:1::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e")


@pytest.mark.parametrize("address", CLOSED)
def test_what_is_not_open_to_all(address: str) -> None:
    assert not is_open_to_all(ip_address(address))
    assert not may_be_reached(address, OUTLET)
    literal = f"[{address}]" if ":" in address else address
    assert askable(f"http://{literal}/latest/meta-data/", OUTLET.home, OUTLET) is None
    assert askable(f"http://{literal}./", OUTLET.home, OUTLET) is None


@pytest.mark.parametrize("address", OPEN)
def test_what_is(address: str) -> None:
    assert is_open_to_all(ip_address(address))
    assert may_be_reached(address, OUTLET)
    literal = f"[{address}]" if ":" in address else address
    assert askable(f"http://{literal}/p.png", OUTLET.home, OUTLET)


def test_where_the_outlet_stands_on_this_machine_so_do_its_pictures() -> None:
    here = replace(OUTLET, home="http://127.0.0.1:81/", domains=("127.0.0.1:81",))
    assert may_be_reached("127.0.0.1", here) and may_be_reached("::1", here)
    assert not may_be_reached("93.184.215.14", here) and not may_be_reached("10.0.0.1", here)
    assert not may_be_reached("fe80::1%eth0", OUTLET)
