"""What keeps outside input inside: file names that stay in their folder, addresses that are public, whole writes."""

from __future__ import annotations

import os
from ipaddress import IPv6Network, ip_address
from itertools import count
from pathlib import Path, PurePosixPath

_LONGEST_PART = 240
_WRITES = count()
_NAT64 = IPv6Network("64:ff9b::/96")


def inside(folder: Path, name: str) -> Path | None:
    """The path of a repository's file below `folder`; None for a name that would leave it."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or "\0" in name or ":" in parts[0]:
        return None
    if any(part in ("..", ".") or len(part.encode("utf-8", "replace")) > _LONGEST_PART for part in parts):
        return None
    return folder.joinpath(*parts)


def is_public(address: str) -> bool:
    """The IP address belongs to the public internet: no private, loopback, link-local, shared or reserved one."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if mapped is not None:
        return is_public(str(mapped))
    teredo = getattr(ip, "teredo", None)
    if teredo is not None or (ip.version == 6 and ip in _NAT64):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old one or the new one, never a half.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    draft = path.with_name(f".{path.name[:100]}.{os.getpid()}.{next(_WRITES)}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
