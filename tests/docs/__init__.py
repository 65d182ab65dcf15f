"""Tests of the documentation and of everything that integrates the program."""
