"""The walk up the lineage: from names to a finished graph."""
