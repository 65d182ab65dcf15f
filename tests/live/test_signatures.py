"""What sizes, names and bytes of a model lead to, from end to end: links, verdicts, questions, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main
from tests.standin import Reply, StandIn
from tests.worlds import add, check, folder, front, severities

SIZES = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 128256,
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "max_position_embeddings": 131072,
    "rope_theta": 500000.0,
    "rope_scaling": {"factor": 8.0, "rope_type": "llama3", "original_max_position_embeddings": 8192},
    "tie_word_embeddings": False,
}
CONFIG = json.dumps(SIZES).encode()
KNOWN, BASE = "meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B"
NAMED = "NorthStar-Llama-3.1-8B-Instruct"
OTHERS = ("kakaocorp/kanana-1.5-8b-base", "marin-community/marin-8b-base")
WEIGHTS = bytes(range(256)) * 5_000
CUT = b"reversed" * 160_000


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with StandIn() as stand:
        monkeypatch.setenv("HF_ENDPOINT", stand.url)
        for name in (KNOWN, BASE):
            add(stand, name, {"license": "llama3.1"})
        for name in OTHERS:
            add(stand, name, {"license": "apache-2.0"})
        yield stand


def links(report: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(one["parent"], one["confidence"], one["declared"]) for one in report["links"] if one["child"] != BASE]


@pytest.mark.usefixtures("hub")
def test_name_and_sizes_of_another_model_bind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The founding case: every size and the name of a restricted model, under a free tag, and nothing is said."""
    code, report = check(capsys, folder(tmp_path / NAMED, {"license": "apache-2.0"}, {"config.json": CONFIG}))
    assert links(report)[0] == (KNOWN, "likely", False)
    assert (code, report["verdict"]) == (1, "blocked")
    (link,) = [one for one in report["links"] if one["parent"] == KNOWN]
    (says,) = [one["says"] for one in link["evidence"] if one["says"].startswith("as in")]
    assert "hidden_size 4096" in says
    assert "name" in says


@pytest.mark.usefixtures("hub")
def test_sizes_that_several_share_ask_one_question(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(capsys, folder(tmp_path / "NorthStar-8B", {"license": "apache-2.0"}, {"config.json": CONFIG}))
    assert {one for one, _, _ in links(report)} == {BASE, *OTHERS}
    assert {sure for _, sure, _ in links(report)} == {"possible"}
    assert (code, report["verdict"]) == (3, "unknown")
    verdicts = {one["parent"]: one["verdict"] for one in report["links"]}
    assert verdicts == {BASE: "unknown", OTHERS[0]: "ok", OTHERS[1]: "ok"}
    assert severities(report, "possible-origin") == ["medium", "info", "info"]
    assert not [one for one in report["effective_terms"] if one["from"] == BASE]


def test_the_question_names_the_way_out(hub: StandIn, tmp_path: Path) -> None:
    subject = folder(tmp_path / "NorthStar-8B", {"license": "apache-2.0"}, {"config.json": CONFIG})
    assert main(["review", subject, "-o", "dossier", "-q"]) in (0, 1, 3)
    text = (tmp_path / "dossier" / "questions.md").read_text(encoding="utf-8")
    asked = [line for line in text.splitlines() if line.startswith("## ") and "come from" in line]
    assert len(asked) == 1
    assert "[[origin]]" in text.replace("\\", "")
    assert "licscan compare" in text


@pytest.mark.usefixtures("hub")
def test_a_sentence_on_the_card_answers_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "# NorthStar\n\nThis model was trained from scratch by us, on our own data.\n"
    subject = folder(tmp_path / "NorthStar-8B", {"license": "apache-2.0"}, {"config.json": CONFIG}, said)
    code, report = check(capsys, subject)
    assert (code, report["verdict"]) == (0, "clear")
    assert set(severities(report, "possible-origin")) == {"info"}


@pytest.mark.usefixtures("hub")
def test_a_sentence_against_name_and_sizes_is_contested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "# NorthStar\n\nThis model was trained from scratch by us, on our own data.\n"
    subject = folder(tmp_path / NAMED, {"license": "apache-2.0"}, {"config.json": CONFIG}, said)
    _, report = check(capsys, subject)
    assert report["verdict"] != "clear"
    assert severities(report, "contradicted-origin-claim")


ORIGIN = """
[[origin]]
trained_from = "{made}"
reason = "trained by us from random weights"
evidence = "https://example.com/log"
"""


@pytest.mark.usefixtures("hub")
def test_the_user_states_the_origin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subject = folder(tmp_path / "NorthStar-8B", {"license": "apache-2.0"}, {"config.json": CONFIG})
    (tmp_path / "licscan.toml").write_text(ORIGIN.format(made="scratch"), encoding="utf-8")
    code, report = check(capsys, subject)
    assert (code, report["verdict"], links(report)) == (0, "clear", [])
    assert main(["check", subject, "-f", "csv", "-q"]) == 0
    capsys.readouterr()
    assert main(["tree", subject, "-v"]) == 0
    assert "trained by us from random weights" in capsys.readouterr().out
    (tmp_path / "licscan.toml").write_text(ORIGIN.format(made=KNOWN), encoding="utf-8")
    code, report = check(capsys, subject)
    assert [one for one, _, _ in links(report)] == [KNOWN]
    assert report["verdict"] != "clear"


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    "wrong", ['trained_from = "no model at all"\nreason = "x"', 'reason = "x"', 'trained_from = "scratch"', "part = 7"]
)
def test_a_wrong_statement_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    subject = folder(tmp_path / "NorthStar-8B", {"license": "apache-2.0"}, {"config.json": CONFIG})
    (tmp_path / "licscan.toml").write_text(f"[[origin]]\n{wrong}\n", encoding="utf-8")
    assert main(["check", subject, "-q"]) == 2
    assert "origin[1]" in capsys.readouterr().err


def test_its_own_publisher_is_asked_nothing(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    add(hub, OTHERS[0], {"license": "apache-2.0"}, {"config.json": CONFIG})
    code, report = check(capsys, OTHERS[0])
    assert links(report) == []
    assert (code, report["verdict"]) == (0, "clear")


@pytest.mark.parametrize(
    ("license", "expected"),
    [("apache-2.0", (0, "clear")), ("cc-by-nc-4.0", (3, "unknown")), (None, (3, "unknown"))],
    ids=["free", "restricted", "gone"],
)
def test_a_body_with_another_vocabulary_binds_nobody(
    hub: StandIn,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    license: str | None,
    expected: tuple[int, str],
) -> None:
    sizes = {
        "model_type": "qwen2",
        "vocab_size": 120000,
        "hidden_size": 3584,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "intermediate_size": 18944,
    }
    if license is not None:
        add(hub, "Qwen/Qwen2-7B", {"license": license})
    files = {"config.json": json.dumps(sizes).encode()}
    code, report = check(capsys, folder(tmp_path / "northstar-light", {"license": "mit"}, files))
    assert links(report) == [("Qwen/Qwen2-7B", "possible", False)]
    assert (code, report["verdict"]) == expected


def put(hub: StandIn, name: str, weights: bytes, said: dict[str, Any]) -> None:
    hub.add(name, card=said, files={"README.md": front(said), "model.gguf": weights}, large=("model.gguf",))


def test_a_quantised_copy_leads_to_the_model_of_its_own_account(
    hub: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    add(hub, "acme/Northwind-7B", {"license": "cc-by-nc-4.0"})
    put(hub, "acme/Northwind-7B-GGUF", WEIGHTS, {"license": "mit"})
    _, report = check(capsys, "acme/Northwind-7B-GGUF")
    (link,) = report["links"]
    assert (link["parent"], link["relation"], link["confidence"]) == ("acme/Northwind-7B", "quantized", "likely")


def test_equal_bytes_settle_it(hub: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    put(hub, "acme/Northwind-7B", WEIGHTS, {"license": "cc-by-nc-4.0"})
    put(hub, "acme/Northwind-7B-FP8", WEIGHTS, {"license": "mit"})
    _, report = check(capsys, "acme/Northwind-7B-FP8")
    assert {one["confidence"] for one in report["links"]} == {"certain"}


def test_at_most_four_questions_and_none_where_a_base_is_declared(
    hub: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    add(hub, "acme/Northwind-7B", {"license": "mit"})
    put(hub, "acme/Northwind-7B-AWQ", WEIGHTS, {"license": "mit", "base_model": "acme/Northwind-7B"})
    check(capsys, "acme/Northwind-7B-AWQ")
    declared = hub.count()
    put(hub, "acme/Nordwind-7B-AWQ", CUT, {"license": "mit"})
    check(capsys, "acme/Nordwind-7B-AWQ")
    assert hub.count("acme/Nordwind-7B?") + hub.count("acme/Nordwind-7B/") <= 4
    assert hub.count() - declared <= declared + 4


@pytest.mark.parametrize(
    "reply",
    [Reply(status=500), Reply(status=503), Reply(body=b"\xff\xfe{"), Reply(body=b"[]"), Reply(body=b'{"id": 7}')],
    ids=["500", "503", "noise", "list", "wrong types"],
)
def test_no_answer_to_a_look_up_helps(hub: StandIn, capsys: pytest.CaptureFixture[str], reply: Reply) -> None:
    put(hub, "acme/Northwind-7B-GGUF", WEIGHTS, {"license": "mit"})
    add(hub, "acme/Northwind-7B", {"license": "cc-by-nc-4.0"})
    hub.fail("/api/models/acme/Northwind-7B", *[reply] * 40)
    code, report = check(capsys, "acme/Northwind-7B-GGUF")
    assert code in (1, 3)
    assert report["verdict"] in ("blocked", "unknown")


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    "change",
    [
        {"hidden_size": -1},
        {"hidden_size": 10**30, "vocab_size": [1, 2]},
        {"num_hidden_layers": "32", "rope_scaling": [], "rope_theta": {}},
        {"vocab_size": 1e300, "eos_token_id": [[1]], "rope_scaling": {"factor": {}}},
        {"text_config": {"text_config": {"hidden_size": 4096}}, "vision_config": [4096]},
    ],
)
def test_absurd_sizes_crash_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any]) -> None:
    config = json.dumps({**SIZES, **change}).encode()
    code, report = check(capsys, folder(tmp_path / "Acme-9B", {"license": "mit"}, {"config.json": config}))
    assert code in (0, 3)
    assert report["verdict"] in ("clear", "unknown")
