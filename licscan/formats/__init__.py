"""One parser for each file format: bytes in, values out; no Hub, no judgement."""
