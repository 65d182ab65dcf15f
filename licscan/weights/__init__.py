"""Evidence of origin from files and weights."""
