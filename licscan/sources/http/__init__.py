"""The only room that opens a socket: the Hub over HTTP, and licence links outside it."""

from licscan.sources.http.hub import Live
from licscan.sources.http.settings import check_tokens

__all__ = ["Live", "check_tokens"]
