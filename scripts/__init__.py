"""Programs that make what is generated."""
