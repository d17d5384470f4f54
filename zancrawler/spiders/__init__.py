"""The one spider: what to ask an outlet for next."""
