"""Our own and other tools' bills of materials come back in as a subject."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.core.evidence import Gap
from licscan.errors import UsageError
from licscan.render import cyclonedx, spdx
from licscan.sources.bom import BillHub, read_bill
from licscan.sources.protocol import RepoInfo
from tests.render.sample import DATA, ENCODER, REVISION, SUBJECT, story

APP = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"component": {"type": "application", "bom-ref": "app", "name": "chat app"}},
    "components": [
        {"type": "machine-learning-model", "bom-ref": "a", "name": "a", "purl": f"pkg:huggingface/acme/a@{REVISION}"},
        {
            "type": "machine-learning-model",
            "bom-ref": "b",
            "name": "b",
            "externalReferences": [{"type": "website", "url": "https://huggingface.co/acme/b/tree/main"}],
            "components": [{"type": "machine-learning-model", "bom-ref": "c", "name": "x: [y]\n---\nlicense: mit"}],
        },
        {"type": "library", "bom-ref": "t", "name": "torch", "purl": "pkg:pypi/torch@2.0"},
    ],
    "dependencies": [{"ref": "app", "dependsOn": ["a", "b", "c", "t"]}],
}


@pytest.mark.parametrize("form", [cyclonedx, spdx])
def test_our_own_bill_leads_back_to_the_pinned_subject(form: object, tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    path.write_text(form.render(story()), encoding="utf-8")  # type: ignore[attr-defined]
    bill = read_bill(path)
    assert bill.hub_subject == f"{SUBJECT}@{REVISION}"
    assert {ENCODER, "acme/clova-merge", DATA} == {str(one.repo) for one in bill.parts}


def test_an_application_is_made_of_its_models(tmp_path: Path) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(APP), encoding="utf-8")
    bill = read_bill(path)
    assert bill.hub_subject is None
    assert [str(one.repo) for one in bill.parts] == ["acme/a", "acme/b"]
    hub = BillHub(bill)
    info = hub.repo(hub.repo_id)
    assert isinstance(info, RepoInfo)
    card = hub.read(info, "README.md")
    assert isinstance(card, bytes)
    assert b"\nlicense: mit" not in card, "a name cannot break out of its quotes"
    assert isinstance(hub.read(info, "config.json"), Gap)


def test_the_tree_of_an_application(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(APP), encoding="utf-8")
    assert main(["tree", "--from-bom", str(path), "--offline", "-f", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert tree["subject"]["id"] == "bom:app.json"
    links = {(one["parent"], one["relation"]) for one in tree["links"]}
    assert {("acme/a", "component"), ("acme/b", "component")} <= links
    assert tree["complete"] is False


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "neither CycloneDX nor SPDX 3"),
        ('{"bomFormat": "CycloneDX", "components": "x", "metadata": [], "dependencies": {"a": 1}}', "lists no model"),
        ('{"@graph": [1, {"type": "SpdxDocument", "rootElement": 3}]}', "lists no model"),
        ("[" * 100_000, "cannot be read as JSON"),
    ],
)
def test_what_is_no_bill_is_refused_in_one_sentence(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        read_bill(path)


def test_a_subject_and_a_bill_are_one_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", "org/model", "--from-bom", "bom.json"]) == 2
    assert main(["tree"]) == 2
    assert "--from-bom" in capsys.readouterr().err
