"""The tree of RFC 6962: the vectors of Certificate Transparency, and nothing else passes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zancrawler.proofs.check import BrokenError, root_of
from zancrawler.proofs.tree import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    root,
)

# The inputs and results that the tests of certificate-transparency and RFC 9162's authors use.
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
GROWTH = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(bytes.fromhex(data)) for data in INPUTS]


def many(size: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(size)]


def flipped(data: bytes, bit: int) -> bytes:
    bit %= 8 * len(data)
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(data))


def test_roots() -> None:
    assert [root(LEAVES[:size]).hex() for size in range(1, 9)] == ROOTS
    assert root([]) == hashlib.sha256().digest()


def is_included(leaf: bytes, index: int, size: int, proof: list[bytes], expected: bytes) -> bool:
    """By the program that goes with every bundle."""
    try:
        return root_of(leaf, index, size, [node.hex() for node in proof]) == expected
    except BrokenError:
        return False


@pytest.mark.parametrize("place", sorted(PATHS))
def test_inclusion(place: tuple[int, int]) -> None:
    index, size = place
    proof = inclusion_proof(LEAVES[:size], index)
    assert [node.hex() for node in proof] == PATHS[place]
    assert is_included(LEAVES[index], index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize("sizes", sorted(GROWTH))
def test_consistency(sizes: tuple[int, int]) -> None:
    old, new = sizes
    proof = consistency_proof(LEAVES[:new], old)
    assert [node.hex() for node in proof] == GROWTH[sizes]
    roots = [bytes.fromhex(ROOTS[size - 1]) for size in sizes]
    assert is_consistent(old, roots[0], new, roots[1], proof)


@given(st.integers(1, 70), st.data())
def test_an_inclusion_proof_that_was_touched_is_rejected(size: int, data: st.DataObject) -> None:
    leaves = many(size)
    index = data.draw(st.integers(0, size - 1))
    proof, top = inclusion_proof(leaves, index), root(leaves)
    assert is_included(leaves[index], index, size, proof, top)
    bit = data.draw(st.integers(0, 255))
    at = data.draw(st.integers(0, len(proof)))
    wrong = [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]] if at < len(proof) else None
    assert not is_included(flipped(leaves[index], bit), index, size, proof, top)
    assert not is_included(leaves[index], index, size, proof, flipped(top, bit))
    assert not is_included(leaves[index], index, size, [*proof, top], top)
    assert wrong is None or not is_included(leaves[index], index, size, wrong, top)
    assert not proof or not is_included(leaves[index], index, size, proof[:-1], top)
    for other in {data.draw(st.integers(0, size - 1)), size, -1} - {index}:
        assert not is_included(leaves[index], other, size, proof, top)


@given(st.integers(1, 70), st.data())
def test_a_log_that_did_more_than_grow_is_rejected(size: int, data: st.DataObject) -> None:
    leaves = many(size)
    old = data.draw(st.integers(1, size))
    proof, before, now = consistency_proof(leaves, old), root(leaves[:old]), root(leaves)
    assert is_consistent(old, before, size, now, proof)
    changed = list(leaves)
    at = data.draw(st.integers(0, old - 1))
    changed[at] = leaf_hash(b"another")
    other = root(changed)
    assert not is_consistent(old, before, size, other, consistency_proof(changed, old))
    bit = data.draw(st.integers(0, 255))
    for place in range(len(proof)):
        wrong = [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
        assert not is_consistent(old, before, size, now, wrong)
    assert not is_consistent(old, flipped(before, bit), size, now, proof)
    assert not is_consistent(old, before, size, flipped(now, bit), proof)
    assert not is_consistent(0, before, size, now, proof)
    assert not is_consistent(size + 1, before, size, now, proof)


def test_what_is_not_there_has_no_proof() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(LEAVES, 8)
    with pytest.raises(IndexError):
        consistency_proof(LEAVES, 9)
