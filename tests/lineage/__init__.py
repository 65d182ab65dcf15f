"""Small worlds, read from a Hub on loopback to the report."""
