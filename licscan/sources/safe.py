"""What keeps outside input inside: file names that stay in their folder, addresses that are public, whole writes."""

from __future__ import annotations

import errno
import os
import stat
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import count
from pathlib import Path, PurePosixPath

_LONGEST_PART = 240
_LARGEST = 256_000_000
"""Bytes; more than anything that we write."""
_WRITES = count()
_SPECIAL_4 = tuple(
    IPv4Network(net)
    for net in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
"""What serves no pages: private, shared, for documentation, for benchmarks, relays, multicast, reserved."""
_UNICAST_6 = IPv6Network("2000::/3")
"""All that is assigned to public hosts; site-local, unique local, NAT64, discard-only and SRv6 addresses are not."""
_SPECIAL_6 = tuple(
    IPv6Network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20")
)
"""Within it: protocol assignments (Teredo, ORCHID, benchmarks), documentation, 6to4, AS112, the former 6bone."""


def inside(folder: Path, name: str) -> Path | None:
    """The path of a repository's file below `folder`; None for a name that would leave it."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or "\0" in name or ":" in parts[0]:
        return None
    if any(part in ("..", ".") or len(part.encode("utf-8", "replace")) > _LONGEST_PART for part in parts):
        return None
    return folder.joinpath(*parts)


def is_public(address: str) -> bool:
    """The IP address belongs to the public internet: no private, loopback, link-local, shared or reserved one.

    The standard library's `is_global` is as old as the Python that runs; what the registries of special-purpose
    addresses (IANA) hold beside it is refused here.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip not in _UNICAST_6 or any(ip in net for net in _SPECIAL_6):
            return False
    elif any(ip in net for net in _SPECIAL_4):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local)


def read_plain(path: Path, most: int = _LARGEST) -> bytes:
    """The content of a plain file; nothing else (a device, a pipe) is opened for reading, so nothing can wait.

    Raises:
        OSError: it cannot be read, is no plain file, or holds more than `most` bytes.
    """
    # Without O_NONBLOCK, to open a pipe that nobody writes to would wait for ever.
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is no plain file")
        if about.st_size > most:
            raise OSError(errno.EFBIG, f"it is larger than {most} bytes")
        return file.read(most + 1)


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
