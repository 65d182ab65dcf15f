"""The only room that opens a socket: the Hub over HTTP, and licence links outside it."""

from licscan.hub.live.live import Live

__all__ = ["Live"]
