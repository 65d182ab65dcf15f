"""Stories on real lineages."""
