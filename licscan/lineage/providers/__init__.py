"""The ways to learn of a parent beyond the card and the files beside it."""
