"""What the program knows: data files turned into frozen values, checked while loading."""

from licscan.knowledge.load import Knowledge, load

__all__ = ["Knowledge", "load"]
