"""Merkle trees as Certificate Transparency has them (RFC 6962 section 2.1, RFC 9162 section 2.1).

Ours, since what others keep of it is a server with a database (Trillian) or no longer kept up.
A hash is 32 bytes of SHA-256; leaves are given by their hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LEAF = b"\x00"
NODE = b"\x01"
"""Set before what is hashed, so that no node can pass for a leaf."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """What must be kept of a tree to add leaves to it: one hash for each bit of its size."""

    size: int = 0
    """Leaves."""
    nodes: list[bytes] = field(default_factory=list)
    """The roots of its full subtrees, the largest first."""

    def append(self, leaf: bytes) -> None:
        node, size = leaf, self.size
        while size & 1:
            node, size = node_hash(self.nodes.pop(), node), size >> 1
        self.nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The tree's hash; that of nothing for an empty tree."""
        if not self.nodes:
            return hashlib.sha256().digest()
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle Tree Hash (RFC 9162 section 2.1.1)."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves) of RFC 9162 section 2.1.3.1. Raises IndexError for no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    proof = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        pairs = [node_hash(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        # A last node without a sibling goes up as it is.
        level = pairs + level[len(pairs) * 2 :]
        index >>= 1
    return proof


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """PROOF(size, leaves) of RFC 9162 section 2.1.4.1. Raises IndexError for no such size."""
    if not 0 < size <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves was never one of {size}")
    return _subproof(leaves, size, is_whole=True)


def _subproof(leaves: Sequence[bytes], size: int, *, is_whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if is_whole else [root(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if size <= half:
        return [*_subproof(leaves[:half], size, is_whole=is_whole), root(leaves[half:])]
    return [*_subproof(leaves[half:], size - half, is_whole=False), root(leaves[:half])]


def is_consistent(
    old_size: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the larger tree begins with the smaller one (RFC 9162 section 2.1.4.2)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, node)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
