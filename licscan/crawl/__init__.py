"""The walk up the lineage: from names to a finished graph."""

from licscan.crawl.subject import Subject, parse_subject
from licscan.crawl.walk import Start, Walked, crawl

__all__ = ["Start", "Subject", "Walked", "crawl", "parse_subject"]
