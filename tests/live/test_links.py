"""Licence links: https and public addresses only, checked again at every redirect, never with a token."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Iterator, Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import trustme

from licscan.core.evidence import Gap, GapReason
from licscan.sources.deadline import Deadline
from licscan.sources.http.links import Links
from licscan.sources.protocol import Counts
from licscan.sources.safe import is_public
from tests.standin import Reply, StandIn

TEXT = b"Some Licence\nVersion 1\n"


class Site:
    """A web server with a certificate for `law.example`, standing on loopback."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.trust = str(folder / "ca.pem")
        authority.cert_pem.write_to_path(self.trust)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("law.example", "other.example").configure_cert(context)
        self.pages = StandIn()
        server = self.pages._server
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self._server: ThreadingHTTPServer = server
        self.thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def links(self, addresses: Mapping[str, tuple[str, ...]] | None = None, deadline: Deadline | None = None) -> Links:
        """A reader that thinks of loopback as a public place."""
        known = addresses or {"law.example": ("127.0.0.1",), "other.example": ("127.0.0.1",)}
        return Links(
            Counts(),
            look_up=lambda host, _port: known.get(host, ()),
            is_allowed=lambda address: address == "127.0.0.1" or is_public(address),
            verify=self.trust,
            timeout=2,
            deadline=deadline,
        )

    def url(self, path: str, host: str = "law.example") -> str:
        return f"https://{host}:{self.pages.port}{path}"

    def close(self) -> None:
        self.pages._server.is_over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    yield one
    one.close()


def reason(answer: bytes | Gap) -> GapReason:
    assert isinstance(answer, Gap), answer
    return answer.reason


def test_a_text_is_read_over_https(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    site.pages.fail("/license.txt", Reply(200, TEXT))
    assert site.links().read(site.url("/license.txt"), 1000) == TEXT
    asked = site.pages.asked[0]
    assert asked.host == f"law.example:{site.pages.port}"
    assert "authorization" not in asked.headers


def test_a_redirect_is_followed_and_checked(site: Site) -> None:
    site.pages.fail("/old", Reply(301, headers={"Location": site.url("/new", "other.example")}))
    site.pages.fail("/new", Reply(200, TEXT))
    assert site.links().read(site.url("/old"), 1000) == TEXT


@pytest.mark.parametrize(
    "target", ["http://law.example/x", "file:///etc/passwd", "https://10.0.0.7/x", "https://metadata.example/x", ""]
)
def test_a_redirect_inwards_is_not_followed(site: Site, target: str) -> None:
    site.pages.fail("/old", *[Reply(302, headers={"Location": target})] * 9)
    known = {"law.example": ("127.0.0.1",), "metadata.example": ("169.254.169.254",), "10.0.0.7": ("10.0.0.7",)}
    assert reason(site.links(known).read(site.url("/old"), 1000)) in (GapReason.NOT_A_REPO, GapReason.UNREACHABLE)
    assert {one.path for one in site.pages.asked} == {"/old"}


def test_a_host_with_one_inner_address_is_not_read(site: Site) -> None:
    known = {"law.example": ("127.0.0.1", "192.168.1.1")}
    assert reason(site.links(known).read(site.url("/x"), 1000)) is GapReason.NOT_A_REPO
    assert site.pages.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://law.example/x",
        "ftp://law.example/x",
        "file:///etc/passwd",
        "//law.example/x",
        "https://user:word@law.example/x",
        "LICENSE",
        "https://",
        "https://law.example:99999/x",
        "https://[::1",
    ],
)
def test_only_plain_https_is_read(site: Site, url: str) -> None:
    assert reason(site.links().read(url, 1000)) in (GapReason.NOT_A_REPO, GapReason.MALFORMED)
    assert site.pages.asked == []


def test_a_certificate_for_another_name_is_refused(site: Site) -> None:
    links = site.links({"evil.example": ("127.0.0.1",)})
    assert reason(links.read(site.url("/x", "evil.example"), 1000)) is GapReason.UNREACHABLE


def test_the_real_world_is_asked_only_for_public_addresses() -> None:
    assert reason(Links(Counts()).read("https://localhost/x", 1000)) is GapReason.NOT_A_REPO
    assert reason(Links(Counts()).read("https://127.0.0.1/x", 1000)) is GapReason.NOT_A_REPO
    assert reason(Links(Counts()).read("https://[::1]/x", 1000)) is GapReason.NOT_A_REPO


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(404), GapReason.ABSENT),
        (Reply(410), GapReason.ABSENT),
        (Reply(403), GapReason.UNREACHABLE),
        (Reply(500), GapReason.UNREACHABLE),
        (Reply(200, b"x" * 2000), GapReason.MALFORMED),
        (Reply(200, b"x" * 500, cut=100), GapReason.UNREACHABLE),
    ],
)
def test_what_cannot_be_read_has_a_reason(site: Site, reply: Reply, expected: GapReason) -> None:
    site.pages.fail("/x", reply)
    assert reason(site.links().read(site.url("/x"), 1000)) is expected


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 9,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b"x" * 999,
    ],
)
def test_a_server_that_drips_is_left_at_the_deadline(site: Site, raw: bytes) -> None:
    site.pages.fail("/x", Reply(raw=raw, drip=0.05, again=True))
    answer = site.links(deadline=Deadline(1.0)).read(site.url("/x"), 1_000_000)
    assert reason(answer) is GapReason.UNREACHABLE
    assert site.pages.count("/x") == 1


def test_a_compressed_text_is_read_to_its_end_or_not_at_all(site: Site) -> None:
    packed = gzip.compress(TEXT * 9)
    for body in (packed, packed[:-4], packed[:20], b"junk"):
        site.pages.fail("/x", Reply(200, body, {"Content-Encoding": "gzip"}))
        answer = site.links().read(site.url("/x"), 1000)
        assert answer == TEXT * 9 if body == packed else isinstance(answer, Gap)
    site.pages.fail("/x", Reply(200, TEXT, {"Content-Encoding": "br"}))
    assert isinstance(site.links().read(site.url("/x"), 1000), Gap)


def test_a_circle_ends(site: Site) -> None:
    site.pages.fail("/x", *[Reply(302, headers={"Location": "/x"})] * 20)
    assert reason(site.links().read(site.url("/x"), 1000)) is GapReason.UNREACHABLE


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1"),
        "0.0.0.0",  # noqa: S104  (an address to refuse, not to bind to)
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:db8::1", "fec0::1", "3fff::1", "no address", ""),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)
