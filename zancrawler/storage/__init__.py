"""The archive in a store: a bucket, or another disk. What is there is verified by digest."""
