"""Learning an outlet from its site, and looking whether what is known of one still holds."""
