"""A careless user at the door: what cannot be meant is refused with exit 2, and nobody is shown a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.lineage import parse_subject
from tests.standin import Reply, StandIn

STORY = Path(__file__).parents[1] / "golden" / "whisper" / "hub"
SUBJECT = "gcasey2/whisper-large-v3-ko-en-v2"
TREE = [sys.executable, "-m", "licscan", "tree", SUBJECT, "--from", str(STORY)]


@pytest.mark.parametrize(
    "words",
    [
        ["tree", ""],
        ["tree", "a/b/c"],
        ["tree", "a b/c"],
        ["tree", "./no-such-folder", "--offline"],
        ["tree", "https://example.org/a/b"],
        ["tree", SUBJECT, "--release-as", "MIT AND ("],
        ["tree", SUBJECT, "--release-as", " "],
        ["tree", SUBJECT, "--territory", "Korea"],
        ["tree", SUBJECT, "--depth", "-1"],
        ["tree", SUBJECT, "--at", "yesterday"],
        ["tree", SUBJECT, "--lang", "xx"],
        ["tree", SUBJECT, "-o", "/no/such/folder/x"],
        ["check", SUBJECT, "--preset", "no-such"],
        ["explain", "no-such-thing"],
        ["frob"],
        [],
    ],
)
def test_what_cannot_be_meant(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from_story = ["--from", str(STORY)] if SUBJECT in words else []
    assert main([*words, *from_story]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err


def test_a_folder_that_is_no_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "/proc/self", "--offline"]) == 2
    assert "no model at its root" in capsys.readouterr().err


def test_the_main_branch_is_no_pin() -> None:
    for words in ("org/model@main", "https://huggingface.co/org/model/tree/main", "org/model"):
        assert parse_subject(words).revision is None
    assert parse_subject("org/model@v1").revision == "v1"


def test_a_full_disk_and_a_closed_stream() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(TREE, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "No space" in done.stderr
    assert "Traceback" not in done.stderr
    words = " ".join(f"'{word}'" for word in TREE)
    done = subprocess.run(f"{words} >&-", shell=True, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S602
    assert done.stderr == ""


def test_a_reader_that_leaves() -> None:
    words = " ".join(f"'{word}'" for word in [*TREE, "-f", "json"])
    done = subprocess.run(f"{words} | head -c 1", shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert (done.stdout, done.stderr) == ("{", "")


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    with StandIn() as hub:
        hub.add("org/model", card={"license": "mit"})
        hub.fail("/api/models/org/model", Reply(200, b"{}", wait=30))
        output = tmp_path / "out" / "report.json"
        output.parent.mkdir()
        environment = {**os.environ, "HF_ENDPOINT": hub.url, "LICSCAN_CACHE": str(tmp_path / "cache")}
        run = subprocess.Popen(
            [sys.executable, "-m", "licscan", "tree", "org/model", "-f", "json", "-o", str(output)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 20
        while not hub.asked and time.monotonic() < until:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert list(output.parent.iterdir()) == []


def whole(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """One run as a user has it, with an environment of its own."""
    return subprocess.run(
        [sys.executable, "-m", "licscan", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words", [["--help"], ["tree", "--help"], ["--version"], ["list", "rules"], ["completion", "bash"]]
)
def test_what_nobody_got_was_not_said(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "licscan", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("licscan: the output cannot be written")


def test_a_reader_that_leaves_changes_no_verdict() -> None:
    merge = Path(__file__).parents[1] / "golden" / "merge" / "hub"
    command = [sys.executable, "-m", "licscan", "check", "Youlln/1PARAMMYL-8B-ModelStock", "--from", str(merge)]
    for colour in ("", "1"):
        run = subprocess.Popen(
            [*command, "--fail-on", "low"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "FORCE_COLOR": colour},
        )
        assert run.stdout is not None
        run.stdout.close()
        assert run.stderr is not None
        with run.stderr as said:
            assert b"Traceback" not in said.read()
        assert run.wait(timeout=120) == 1


def test_standard_error_that_takes_nothing() -> None:
    with Path("/dev/full").open("wb") as full:
        for words, code in ((["tree", "a b"], 2), (["tree", "nobody/nothing", "--offline"], 3)):
            done = subprocess.run([sys.executable, "-m", "licscan", *words], stderr=full, check=False)
            assert done.returncode == code


SECRET = "hf_abcdefghij\rKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (["tree", "org/model", "--token", SECRET], {}),
        (["tree", "org/model"], {"HF_TOKEN": "hf_abcdefghij\x01KLMNOPQRSTUVWXYZ"}),
        (["tree", "org/model"], {"HF_TOKEN": "hf_abcdefghij KLMNOPQRSTUVWXYZ"}),
        (["tree", "org/model"], {"HUGGING_FACE_HUB_TOKEN": "hf_abcdefghijé"}),
        (["tree", "org/model", "--token", ""], {}),
        (["check", "org/model", "--tokn", SECRET], {}),
        (["check", "org/model", f"--hf-token={SECRET}"], {}),
        (["tree", "https://user:hf_abcdefghij@huggingface.co/org/model"], {}),
        (["tree", "org/model"], {"HF_ENDPOINT": "http://user:hf_abcdefghij@[::1/"}),
        (["tree", "org/model"], {"HTTPS_PROXY": "http://user:hf_abcdefghij@proxy:port"}),
        (["tree", "org/model", "--debug", "--token", SECRET], {}),
    ],
)
def test_no_message_holds_a_token(words: list[str], environment: dict[str, str]) -> None:
    done = whole(words, **environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr
    for part in ("abcdefghij", "KLMNOPQR"):
        assert part not in done.stderr
    assert ("Traceback" in done.stderr) is ("--debug" in words)


def test_a_token_of_the_saved_login_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hf_abcdefghij KLMNOPQRSTUVWXYZ\n", encoding="utf-8")
    done = whole(["tree", "org/model"], HF_TOKEN_PATH=str(tmp_path / "token"), HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 3
    assert "abcdefghij" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_ENDPOINT", "http://host:port"),
        ("HF_ENDPOINT", "http://[nothing]"),
        ("HF_ENDPOINT", "http://[::1"),
        ("HF_ENDPOINT", "http://host:99999"),
        ("HF_ENDPOINT", "host.example"),
        ("HF_ENDPOINT", "ftp://host.example"),
        ("HF_ENDPOINT", "http://"),
        ("HF_ENDPOINT", "http://a b"),
        ("HF_HUB_DOWNLOAD_TIMEOUT", "abc"),
        ("HF_HUB_ETAG_TIMEOUT", "1.5x"),
        ("SSL_CERT_FILE", "/no/such/file"),
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("HTTPS_PROXY", "gopher://127.0.0.1:1"),
        ("https_proxy", "http://127.0.0.1:port"),
        ("SOURCE_DATE_EPOCH", "99999999999999999999"),
        ("SOURCE_DATE_EPOCH", "-1"),
        ("SOURCE_DATE_EPOCH", "yesterday"),
        ("SOURCE_DATE_EPOCH", "²"),
        ("LICSCAN_CACHE", "~nobody-at-all/cache"),
    ],
)
def test_an_environment_that_cannot_be_used_is_named(name: str, value: str) -> None:
    done = whole(["tree", "org/model"], **{name: value})
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert name.upper() in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 2


ODD_PLACES = ("", ".", "..", "/", "x" * 300, "a/" * 2000, "/dev/zero", "/dev/null", "/dev/full", "/proc/self/mem")


def odd_places(folder: Path) -> list[str]:
    """Everything that a name on disk can lead to and that is no plain file."""
    (folder / "dangling").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    return [*ODD_PLACES, *(str(folder / name) for name in ("dangling", "loop", "pipe", "folder", "missing/x"))]


@pytest.mark.parametrize(
    "words",
    [
        ["tree", SUBJECT, "--store"],
        ["tree", SUBJECT, "--lock"],
        ["tree", SUBJECT, "--policy"],
        ["tree", SUBJECT, "--preset"],
        ["tree", SUBJECT, "--against"],
        ["tree", "--from-bom"],
        ["tree", SUBJECT, "-o"],
        ["identify"],
        ["diff"],
        ["diff", "--offline", "/dev/zero"],
        ["review", SUBJECT, "-o"],
        ["notice", SUBJECT, "-o"],
        ["record", SUBJECT],
        ["lock", SUBJECT, "-o"],
        ["init", "--force", "-o"],
    ],
    ids=" ".join,
)
def test_no_place_is_our_fault_or_holds_a_run(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    places = odd_places(tmp_path)
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    source = ["--from", str(STORY)] if SUBJECT in words else []
    for place in places:
        code = main([*words, place, *source])
        said = capsys.readouterr()
        assert code in {0, 1, 2, 3}, (place[:80], said.err[-300:])
        assert "Traceback" not in said.err
    assert not list(tmp_path.rglob("*.part"))
    assert inside.is_dir()


@pytest.mark.parametrize("place", ["x" * 300, "a/" * 2000, "/dev/zero", "", "/proc/self/mem"])
def test_a_recording_that_is_none(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", SUBJECT, "--from", place]) == 3
    assert "recording" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--depth", "--format", "--max-nodes", "--fail-on", "--use", "--lang"])
def test_two_dashes_are_no_value(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", SUBJECT, "--from", str(STORY), f"{option}=--"]) == 2
    assert option in capsys.readouterr().err
