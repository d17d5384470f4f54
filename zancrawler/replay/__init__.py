"""Showing captures as pages again, in ReplayWeb.page, with no request that leaves the machine."""
