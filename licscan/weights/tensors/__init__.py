"""Tensors as they are stored, and the rows and units that are read of them."""
