"""What shows that an archive is as it was: a Merkle log of its closed files, and proofs."""
