"""One bounded GET on the session of the Hub's own client: redirects, waits and repeats are decided here.

The session is the client's, so proxies, certificates and a factory of the user's count. Redirects are followed by hand,
because the token may go to the Hub's own origin only.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from licscan.core.evidence import GapReason
from licscan.core.text import discreet, harmless
from licscan.errors import SourceError
from licscan.sources.deadline import Deadline, Wait
from licscan.sources.http.decoding import Undecodable, decoded
from licscan.sources.http.settings import hub_client, open_session
from licscan.sources.protocol import Counts
from licscan.version import VERSION

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_MOST_REDIRECTS = 8
_TRIES = 4
_LONGEST_WAIT = 330.0
"""Seconds; the Hub's limits count in windows of five minutes."""
LONGEST_REQUEST = 60.0
"""Seconds for one request with its redirects and its body, whatever arrives: a server that drips holds nothing up."""
_NO_END = 10.0**9
"""Seconds; where nobody set a time for the whole run."""
_RATE_LIMIT = re.compile(r"r\s*=\s*(\d+)\s*;\s*t\s*=\s*(\d+)")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, after redirects."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    whole: bool
    """False where the body went on beyond the limit."""
    url: str
    """The address that answered."""
    hops: tuple[Mapping[str, str], ...] = ()
    """The headers of the Hub's own redirects that led there."""

    @property
    def told(self) -> tuple[Mapping[str, str], ...]:
        """All headers that may tell of the file, those of the Hub's own redirects first."""
        return (*self.hops, self.headers)


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer at all, and why."""

    reason: GapReason
    detail: str


class Client:
    """GET requests to one Hub; safe to use from many threads."""

    def __init__(
        self,
        endpoint: str,
        token: str | None,
        counts: Counts,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        timeout: float | None = None,
        deadline: Deadline | None = None,
        longest: float = LONGEST_REQUEST,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._origin = _origin(urlsplit(self.endpoint))
        self._token = token
        self._counts = counts
        self._sleep = sleep
        self._clock = clock
        self._timeout = timeout
        self._deadline = deadline or Deadline(_NO_END)
        self._longest = longest
        self._headers: dict[str, str] | None = None
        self._paused_until = 0.0

    @property
    def has_token(self) -> bool:
        """A token is sent along."""
        return "authorization" in self._authorized()

    def is_own(self, url: str) -> bool:
        """The address belongs to the Hub itself."""
        return _origin(urlsplit(url)) == self._origin

    def get(
        self,
        url: str,
        *,
        limit: int,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        skip: int = 0,
    ) -> Answer | Failure:
        """Ask, wait where the Hub says so, ask again where that may help.

        At most `limit` bytes of the body are read, after `skip` bytes if the server ignores a range.
        """
        outcome: Answer | Failure = Failure(GapReason.UNREACHABLE, "it was not asked")
        for attempt in range(1, _TRIES + 1):
            outcome, wait = self._follow(url, limit, params, headers or {}, skip)
            if wait is None or attempt == _TRIES:
                return outcome
            if wait > min(_LONGEST_WAIT, self._deadline.left):
                return _too_long(wait)
            if self._paused_until <= self._clock():
                self._sleep(min(wait or 0.5 * 2 ** (attempt - 1), self._deadline.left))
        return outcome

    def _follow(
        self, url: str, limit: int, params: Mapping[str, Any] | None, headers: Mapping[str, str], skip: int
    ) -> tuple[Answer | Failure, float | None]:
        """One try through its redirects; the second value says how long to wait before another, None for none."""
        hops: tuple[Mapping[str, str], ...] = ()
        until: Deadline | None = None
        for _ in range(_MOST_REDIRECTS):
            pause = self._paused_until - self._clock()
            if self._deadline.is_over:
                return self._too_late(), None
            if pause > self._deadline.left:
                return _too_long(pause), None
            if pause > 0:
                self._sleep(pause)
            until = until or self._deadline.within(self._longest)
            outcome, wait = self._once(url, limit, params, headers, skip, until)
            if isinstance(outcome, Failure) or outcome.status not in _REDIRECTS:
                return replace(outcome, hops=hops) if isinstance(outcome, Answer) else outcome, wait
            target = joined(url, outcome.headers.get("location", ""))
            refusal = self._refuse(url, target)
            if refusal:
                return refusal, None
            if self.is_own(url):
                hops = (*hops, outcome.headers)
            # The Hub answers a renamed repository with a bare path: what we asked for must go along.
            params = params if self.is_own(target) and not urlsplit(target).query else None
            url = target
        return Failure(GapReason.UNREACHABLE, "the Hub redirects in circles"), None

    def _too_late(self) -> Failure:
        seconds = self._deadline.seconds
        return Failure(GapReason.UNREACHABLE, f"the {seconds:.0f} seconds for the whole scan are over: see --timeout")

    def _refuse(self, url: str, target: str) -> Failure | None:
        scheme = urlsplit(target).scheme
        if target == url or scheme not in _PORTS or not urlsplit(target).hostname:
            where = harmless(target)[:120] or "what is no address"
            return Failure(GapReason.MALFORMED, f"the Hub redirects to {where}, which leads nowhere")
        if scheme == "http" and urlsplit(url).scheme == "https":
            return Failure(GapReason.UNREACHABLE, "the Hub redirects from https to http, which is not followed")
        return None

    def _once(
        self,
        url: str,
        limit: int,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        skip: int,
        until: Deadline,
    ) -> tuple[Answer | Failure, float | None]:
        from huggingface_hub.errors import OfflineModeIsEnabled

        session = open_session()
        errors = _errors(session)
        sent = {**(self._authorized() if self.is_own(url) else self._anonymous()), "accept-encoding": "gzip", **headers}
        silence = self._seconds()
        wait = silence if silence < 1.0 else Wait(silence, until)
        limits = {"connect": wait, "read": wait, "write": wait, "pool": silence}
        self._counts.add(requests=1)
        try:
            with session.stream(
                "GET", url, params=params, headers=sent, extensions={"timeout": limits}, follow_redirects=False
            ) as response:
                answer = _take(response, url, limit, skip)
        except OfflineModeIsEnabled:
            return Failure(GapReason.OFFLINE, "HF_HUB_OFFLINE forbids the network"), None
        except (errors.TimeoutException, TimeoutError):
            # What was still under way when its own time was up would be so again.
            return Failure(GapReason.UNREACHABLE, f"{_host(url)} did not answer in time"), self._again(until)
        except errors.ConnectError as error:
            return Failure(GapReason.UNREACHABLE, f"no connection to {_host(url)}: {_short(error)}"), None
        except errors.InvalidURL:
            return _astray(url), None
        except (errors.NetworkError, errors.RemoteProtocolError) as error:
            if isinstance(error.__context__, errors.InvalidURL):
                return _astray(url), None
            return Failure(GapReason.UNREACHABLE, f"{_host(url)} broke off: {_short(error)}"), self._again(until)
        except Undecodable as error:
            return Failure(GapReason.DAMAGED, f"{_host(url)} sent {error}"), None
        except (errors.HTTPError, OSError, ValueError) as error:
            return Failure(GapReason.UNREACHABLE, f"{_host(url)} could not be asked: {_short(error)}"), None
        self._counts.add(bytes=len(answer.body))
        return answer, self._wait(answer)

    def _again(self, until: Deadline) -> float | None:
        """Ask again at once, where the time for the request was not used up."""
        return None if until.left < 1.0 else 0.0

    def _wait(self, answer: Answer) -> float | None:
        if answer.status not in _AGAIN:
            return None
        told = told_to_wait(answer.headers, time.time())
        if answer.status == 429 and told and told <= _LONGEST_WAIT:
            # One thread that is told to wait waits for all of them.
            self._paused_until = max(self._paused_until, self._clock() + told)
        return told or 0.0

    def _seconds(self) -> float:
        if self._timeout is None:
            from huggingface_hub import constants

            self._timeout = float(constants.HF_HUB_DOWNLOAD_TIMEOUT)
        return self._timeout

    def _anonymous(self) -> dict[str, str]:
        return {name: value for name, value in self._authorized().items() if name != "authorization"}

    def _authorized(self) -> dict[str, str]:
        if self._headers is None:
            try:
                headers = hub_client().build_hf_headers(
                    token=self._token, library_name="licscan", library_version=VERSION
                )
            except (OSError, ValueError) as error:
                raise SourceError(
                    f"the token for the Hub cannot be read: {_short(error)}",
                    "set HF_TOKEN, pass --token, or log in again with `hf auth login`",
                ) from error
            self._headers = {name.lower(): value for name, value in headers.items()}
        return self._headers


def joined(url: str, reference: str) -> str:
    """Where a reference on a page leads; nowhere for one that is no address."""
    try:
        target = urljoin(url, reference)
        _ = urlsplit(target).port
    except ValueError:
        return ""
    return target


def told_to_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that a server asks to wait: by RateLimit or by Retry-After, as a number or as a date."""
    limited = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    if limited and int(limited[1]) == 0:
        return float(limited[2]) + 1
    said = headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - now) if said else None
    except (ValueError, TypeError, OverflowError):
        return None


def _too_long(wait: float) -> Failure:
    said = f"the Hub asks to wait {wait:.0f} seconds before the next request: try again then, or use a token"
    return Failure(GapReason.UNREACHABLE, said)


def _take(response: Any, url: str, limit: int, skip: int) -> Answer:
    """The answer with as much of its body as is wanted.

    Raises:
        Undecodable: the body is compressed in a way that was not asked for, or its compression is cut off.
    """
    headers = {name.lower(): value for name, value in response.headers.items()}
    skip = 0 if response.status_code == 206 else skip
    parts: list[bytes] = []
    size = 0
    whole = True
    # Decoded here: the client's own decoders take a compressed body that ends in the middle for a whole one.
    coding = "" if response.status_code in _REDIRECTS else headers.get("content-encoding", "")
    for chunk in decoded(response.iter_raw(), coding):
        size += len(chunk)
        parts.append(chunk)
        if size > skip + limit:
            whole = False
            break
        if skip and size <= skip:
            parts = [b""]
            skip, size = skip - size, 0
    return Answer(response.status_code, headers, b"".join(parts)[skip : skip + limit], whole, url)


def _origin(address: SplitResult) -> tuple[str, str, int | None]:
    try:
        port = address.port
    except ValueError:
        port = -1
    return address.scheme, (address.hostname or "").lower(), port or _PORTS.get(address.scheme)


def _errors(session: Any) -> Any:
    """The module with the session's exceptions: older clients stand on httpx, newer ones on httpx2."""
    for kind in type(session).__mro__:
        root = kind.__module__.partition(".")[0]
        if root in ("httpx", "httpx2"):
            return sys.modules[root]
    raise SourceError(
        f"the Hub's client uses {type(session).__module__}, which is not known", "install huggingface_hub 1.0 or newer"
    )


def _astray(url: str) -> Failure:
    """Older clients read the target of a redirect although they are told not to follow it, and stumble over it."""
    return Failure(GapReason.MALFORMED, f"{_host(url)} redirects to what is no address, which leads nowhere")


def _host(url: str) -> str:
    return harmless(urlsplit(url).netloc.rpartition("@")[2])[:120]


def _short(error: BaseException) -> str:
    return discreet(harmless(" ".join(str(error).split())))[:160] or type(error).__name__
