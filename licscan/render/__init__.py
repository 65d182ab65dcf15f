"""The formats: each is one function from a Report to text."""
