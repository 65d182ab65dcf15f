"""Tests and measures on sampled weights."""
