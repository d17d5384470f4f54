"""Chains of certificates and time-stamps: do they hold; and asking a server for a stamp."""
