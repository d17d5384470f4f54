"""zancrawler: keeps what Afghan newsrooms publish, byte for byte, and makes tables of it."""

__version__ = "0.1.0"
