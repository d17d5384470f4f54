"""Many workers, one archive: outlets are taken by lease, and each one's archive is in a store."""
