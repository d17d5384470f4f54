"""Packages for others, made of what may be shown."""
