"""Reads stretches of weights files within a budget."""
