"""The crawl up the lineage: from names to a finished graph."""

from licscan.lineage.crawler import Start, Walked, crawl
from licscan.lineage.subject import Subject, parse_subject

__all__ = ["Start", "Subject", "Walked", "crawl", "parse_subject"]
