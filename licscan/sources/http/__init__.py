"""The only room that opens a socket: the Hub over HTTP, and licence links outside it."""

from licscan.sources.http.hub import Live

__all__ = ["Live"]
