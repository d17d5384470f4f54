"""The text of a checkpoint, as c2sp.org/tlog-checkpoint has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.archive import ArchiveError
from zancrawler.proofs.checkpoint import Checkpoint, read_checkpoint

# The example of the specification.
THEIRS = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGz\
Ggku9nTo+zyWE+xeMcTOAYQ8=
"""


def test_the_example_of_the_specification() -> None:
    found = Checkpoint.parse(THEIRS.encode())
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert found.text == THEIRS.partition("\n\n")[0] + "\n"


@given(st.integers(0, 10**15), st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("zancrawler/0123456789abcdef", size, root)
    assert Checkpoint.parse(checkpoint.text.encode()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a b\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=x\n",
    ],
)
def test_what_is_none(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        Checkpoint.parse(text.encode())
    (tmp_path / "checkpoint").write_text(text)
    with pytest.raises(ArchiveError, match="is no checkpoint"):
        read_checkpoint(tmp_path / "checkpoint")


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    try:
        Checkpoint.parse(data)
    except ValueError:
        return
