"""The walk up the lineage: from names to a finished graph."""

from licscan.crawl.subject import Subject, parse_subject
from licscan.crawl.walk import Start, crawl

__all__ = ["Start", "Subject", "crawl", "parse_subject"]
