"""Pages in Debian's Chromium, which never reaches the network: whoever opens one answers it."""
