"""Licence links outside the Hub: https and public addresses only, without the token, within bounds.

The name is looked up once and the connection goes to the very address that was checked, so that a name cannot lead
somewhere else between the check and the connection.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from licscan.core.evidence import Gap, GapReason
from licscan.core.text import harmless
from licscan.sources.deadline import Deadline
from licscan.sources.http.client import joined
from licscan.sources.http.decoding import decoded
from licscan.sources.protocol import Counts
from licscan.sources.safe import is_public

_MOST_REDIRECTS = 5
_SECONDS = 10.0
_LONGEST_REQUEST = 30.0
"""Seconds for one request, whatever arrives."""
_PIECE = 65_536
_HTTPS = 443
_NO_END = 10.0**9


def look_up(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host; none where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Links:
    """Reads single https addresses; safe to use from many threads."""

    def __init__(
        self,
        counts: Counts,
        *,
        look_up: Callable[[str, int], tuple[str, ...]] = look_up,
        is_allowed: Callable[[str], bool] = is_public,
        verify: bool | str = True,
        timeout: float = _SECONDS,
        deadline: Deadline | None = None,
    ) -> None:
        self._counts = counts
        self._look_up = look_up
        self._is_allowed = is_allowed
        self._verify = verify
        self._timeout = timeout
        self._deadline = deadline or Deadline(_NO_END)

    def read(self, url: str, limit: int) -> bytes | Gap:
        """The body behind an address, after redirects that are checked like the address itself."""
        address = url
        for _ in range(_MOST_REDIRECTS + 1):
            if self._deadline.is_over:
                return _gap(url, GapReason.UNREACHABLE, "the time for the whole scan is over: see --timeout")
            try:
                parts = urlsplit(address)
                port = parts.port or _HTTPS
            except ValueError:
                return _gap(url, GapReason.MALFORMED, "the link is no address")
            if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
                return _gap(url, GapReason.NOT_A_REPO, f"{_shown(address)} is not read: only plain https addresses are")
            found = self._look_up(parts.hostname, port)
            if not found:
                return _gap(url, GapReason.UNREACHABLE, f"{_shown(parts.hostname)} is not known to the network")
            if not all(self._is_allowed(one) for one in found):
                return _gap(
                    url, GapReason.NOT_A_REPO, f"{_shown(parts.hostname)} is not read: its address is not public"
                )
            answer = self._once(url, address, found[0], limit)
            if isinstance(answer, bytes | Gap):
                return answer
            address = joined(address, answer[0])
        return _gap(url, GapReason.UNREACHABLE, "the link redirects in circles")

    def _once(self, url: str, address: str, ip: str, limit: int) -> bytes | Gap | tuple[str]:
        """One request to the address that was checked; a redirect comes back as the place it names."""
        import requests
        from urllib3.exceptions import HTTPError

        parts = urlsplit(address)
        host = f"[{ip}]" if ":" in ip else ip
        target = urlunsplit(("https", f"{host}:{parts.port or _HTTPS}", parts.path or "/", parts.query, ""))
        self._counts.add(requests=1)
        until = self._deadline.within(_LONGEST_REQUEST)
        try:
            with requests.Session() as session:
                session.auth = _no_auth
                session.mount("https://", _pinned(parts.hostname or "", until, self._timeout))
                headers = {
                    "Host": parts.netloc,
                    "User-Agent": "licscan",
                    "Accept": "text/*, application/pdf;q=0.5, */*;q=0.1",
                    "Accept-Encoding": "gzip",
                }
                with session.get(
                    target,
                    headers=headers,
                    timeout=min(self._timeout, until.left),
                    allow_redirects=False,
                    stream=True,
                    verify=self._verify,
                ) as response:
                    return self._take(url, response, limit)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return _gap(url, GapReason.UNREACHABLE, f"{_shown(parts.hostname or '')} could not be read: {_kind(error)}")

    def _take(self, url: str, response: Any, limit: int) -> bytes | Gap | tuple[str]:
        if response.is_redirect:
            return (str(response.headers.get("location", "")),)
        if response.status_code in (404, 410):
            return _gap(url, GapReason.ABSENT, "nothing stands behind the link any more")
        if response.status_code != 200:
            return _gap(url, GapReason.UNREACHABLE, f"the link answers with status {response.status_code}")
        body = b""
        coding = str(response.headers.get("content-encoding", ""))
        for piece in decoded(response.raw.stream(_PIECE, decode_content=False), coding):
            body += piece
            if len(body) > limit:
                return _gap(url, GapReason.MALFORMED, f"what stands behind the link is larger than {limit} bytes")
        self._counts.add(bytes=len(body))
        return body


def _pinned(host: str, until: Deadline, silence: float) -> Any:
    """An adapter whose connections go to an IP address but ask for, and check, the certificate of `host`."""
    from requests.adapters import HTTPAdapter
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.sslsocket_class = _timed(until, silence)

    class Pinned(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            kwargs |= {"server_hostname": host, "assert_hostname": host, "ssl_context": context}
            super().init_poolmanager(*args, **kwargs)

        def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
            kwargs |= {"server_hostname": host, "assert_hostname": host, "ssl_context": context}
            return super().proxy_manager_for(proxy, **kwargs)

    return Pinned()


def _timed(until: Deadline, silence: float) -> type[ssl.SSLSocket]:
    """A socket on which every read waits for what is left until the deadline: a timeout alone bounds one silence."""

    class Timed(ssl.SSLSocket):
        def recv_into(self, *args: Any, **kwargs: Any) -> int:
            left = min(silence, until.left)
            if left <= 0.0:
                raise TimeoutError("the time for one request is used up")
            self.settimeout(left)
            return super().recv_into(*args, **kwargs)

    return Timed


def _no_auth(request: Any) -> Any:
    """Nothing is added from a .netrc file."""
    return request


def _gap(url: str, reason: GapReason, detail: str) -> Gap:
    return Gap(harmless(url)[:300], reason, detail)


def _shown(words: str) -> str:
    return harmless(words)[:120]


def _kind(error: BaseException) -> str:
    cause: BaseException = error
    while isinstance(cause.args[0] if cause.args else None, BaseException):
        cause = cause.args[0]
    return harmless(str(getattr(cause, "reason", cause)))[:160]
