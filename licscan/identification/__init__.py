"""Which licence, and which edition of it, a text is."""
