"""`python -m licscan`."""

from licscan.cli.main import entry

if __name__ == "__main__":
    entry()
