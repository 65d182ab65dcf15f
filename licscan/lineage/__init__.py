"""The crawl up the lineage: from names to a finished graph."""

from licscan.lineage.crawler import Start, crawl
from licscan.lineage.provider import Walked
from licscan.lineage.subject import Subject, parse_subject

__all__ = ["Start", "Subject", "Walked", "crawl", "parse_subject"]
