"""Tests of the evidence in weights."""
