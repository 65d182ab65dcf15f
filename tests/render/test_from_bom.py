"""Our own and other tools' bills of materials come back in as a subject."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from licscan.cli.main import main
from licscan.errors import UsageError
from licscan.render import cyclonedx, spdx
from licscan.sources.bom import read_bill
from tests.render.sample import DATA, ENCODER, REVISION, SUBJECT, story
from tests.standin import StandIn
from tests.worlds import NOBODY

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
STORIES = tomllib.loads((GOLDEN / "stories.toml").read_text(encoding="utf-8"))["story"]
APP: dict[str, Any] = {
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


def model(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "machine-learning-model", "bom-ref": name, "name": name, **more}


def bom(*components: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components), **more}


def scanned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Mapping[str, Any], *words: str, verb: str = "tree"
) -> dict[str, Any]:
    """The report on a bill of materials, without a network unless the words give one."""
    path = tmp_path / "it.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    capsys.readouterr()
    main([verb, "--from-bom", str(path), "-f", "json", "-q", *(words or ("--offline",))])
    said = capsys.readouterr()
    assert said.out, said.err
    report: dict[str, Any] = json.loads(said.out)
    return report


def links(report: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["child"], one["relation"], one["parent"]) for one in report["links"]}


def expressions(report: Mapping[str, Any]) -> dict[str, str | None]:
    return {one["id"]: one["license"]["expression"] for one in report["nodes"]}


@pytest.mark.parametrize("form", [cyclonedx, spdx])
def test_our_own_bill_leads_back_to_the_pinned_subject(form: Any, tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    path.write_text(form.render(story()), encoding="utf-8")
    bill = read_bill(path)
    assert bill.hub_subject == f"{SUBJECT}@{REVISION}"
    assert {ENCODER, "acme/clova-merge", DATA} <= {str(one.repo) for one in bill.listed.values()}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story["name"]))
@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_a_round_trip_changes_nothing(
    story: Mapping[str, Any],
    form: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    source = ["--from", str(GOLDEN / story["name"] / "hub"), "-q"]
    assert main(["tree", story["subject"], *source, "-f", form, "-o", str(tmp_path / "bom.json")]) == 0
    capsys.readouterr()
    assert main(["tree", story["subject"], *source, "-f", "json"]) == 0
    whole = capsys.readouterr().out
    assert main(["tree", "--from-bom", str(tmp_path / "bom.json"), *source, "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(whole)


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_the_bill_of_a_folder_says_what_the_folder_said(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    card = "---\nlicense: cc-by-nc-4.0\nbase_model: acme/base\ndatasets: [acme/data]\n---\n"
    (folder / "README.md").write_text(card, encoding="utf-8")
    assert main(["tree", str(folder), "--offline", "-q", "-f", form, "-o", str(tmp_path / "bom.json")]) == 0
    assert main(["tree", str(folder), "--offline", "-q", "-f", "json"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert main(["tree", "--from-bom", str(tmp_path / "bom.json"), "--offline", "-q", "-f", "json"]) == 0
    after = json.loads(capsys.readouterr().out)

    def shape(report: Mapping[str, Any]) -> object:
        subject = report["subject"]["id"]
        return (
            {(one["relation"], one["parent"], one["declared"]) for one in report["links"] if one["child"] == subject},
            {one["license"]["expression"] for one in report["nodes"] if one["id"] == subject},
            {one["id"]: one["kind"] for one in report["nodes"] if one["id"] != subject},
        )

    assert shape(after) == shape(before)
    assert after["subject"]["id"] == "bom:bom.json"
    assert after["complete"] is False
    assert after["verdict"] != "clear"


def test_the_tree_of_an_application(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(APP), encoding="utf-8")
    assert main(["tree", "--from-bom", str(path), "--offline", "-f", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert tree["subject"]["id"] == "bom:app.json"
    assert {("bom:app.json", "component", "acme/a"), ("bom:app.json", "component", "acme/b")} <= links(tree)
    assert tree["complete"] is False
    assert {one["id"] for one in tree["nodes"]} >= {"bom:x: [y] --- license: mit"}, "a name cannot break out"


def test_only_an_identity_on_the_hub_is_looked_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of what a house keeps to itself do not leave the machine."""
    secret = "house-secret"
    components = [
        model("a", purl="pkg:huggingface/acme/a"),
        model(secret, group="acme"),
        model(f"acme/{secret}-2"),
        model(f"{secret}-3", purl=f"pkg:generic/acme/{secret}-3@1.0"),
        model(f"{secret}-4", purl=f"pkg:huggingface/acme/{secret}-4?repository_url=https://hub.acme.example"),
        model(f"{secret}-5", externalReferences=[{"type": "distribution", "url": f"https://acme.example/{secret}-5"}]),
        model(f"{secret}-6", externalReferences=[{"type": "website", "url": "https://huggingface.co/acme/base"}]),
        model(f"{secret}-7", pedigree={"ancestors": [{"type": "machine-learning-model", "name": f"{secret}-8"}]}),
        model(f"{secret}-9", properties=[{"name": "licscan:node", "value": f"acme/{secret}-9"}]),
        {"type": "data", "bom-ref": "d", "name": f"acme/{secret}-data"},
    ]
    with StandIn() as hub:
        hub.add("acme/a", card={"license": "mit"}, files={"README.md": b"---\nlicense: mit\n---\n"})
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        report = scanned(tmp_path, capsys, bom(*components), "--evidence", "hashes")
        asked = [f"{one.path}?{one.query}" for one in hub.asked]
    monkeypatch.setenv("HF_ENDPOINT", NOBODY)
    assert any("acme/a" in path for path in asked)
    assert not [path for path in asked if secret in path or "acme/base" in path]
    unread = {one["id"] for one in report["nodes"] if one["gap"] and one["gap"]["reason"] == "not-a-repo"}
    assert len(unread) == 10
    assert report["complete"] is False


def test_a_lock_and_its_comparison_ask_for_no_secret_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(bom(model("a", purl="pkg:huggingface/acme/a"), model("house-secret", group="acme"))))
    with StandIn() as hub:
        hub.add("acme/a", card={"license": "mit"}, files={"README.md": b"---\nlicense: mit\n---\n"})
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert main(["lock", "--from-bom", str(path), "-o", str(tmp_path / "x.lock"), "-q"]) == 3
        assert main(["diff", str(tmp_path / "x.lock"), "-q"]) in {0, 3}
        asked = [one.path for one in hub.asked]
    assert "unexpected" not in capsys.readouterr().err
    assert not [one for one in asked if "secret" in one]


def test_licences_are_claims_with_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mit = (GOLDEN.parents[1] / "LICENSE").read_text(encoding="utf-8")
    report = scanned(
        tmp_path,
        capsys,
        bom(
            model("by-id", licenses=[{"license": {"id": "CC-BY-NC-4.0"}}]),
            model("by-name", licenses=[{"license": {"name": "llama3.1"}}]),
            model("by-expression", licenses=[{"expression": "MIT OR Apache-2.0"}]),
            model("by-both", licenses=[{"license": {"id": "MIT"}}, {"license": {"id": "Apache-2.0"}}]),
            model("by-text", licenses=[{"license": {"name": "House", "text": {"content": mit}}}]),
            model(
                "by-base64",
                licenses=[
                    {"license": {"text": {"encoding": "base64", "content": base64.b64encode(mit.encode()).decode()}}}
                ],
            ),
            model("unknown", licenses=[{"license": {"name": "House rules 7"}}]),
            model("none"),
        ),
    )
    found = {one["id"].removeprefix("bom:"): one["license"] for one in report["nodes"]}
    assert {name: one["expression"] for name, one in found.items() if name.startswith("by-")} == {
        "by-id": "CC-BY-NC-4.0",
        "by-name": "LicenseRef-scancode-llama-3.1-license-2024",
        "by-expression": "MIT OR Apache-2.0",
        "by-both": "MIT AND Apache-2.0",
        "by-text": "Apache-2.0",
        "by-base64": "Apache-2.0",
    }
    assert found["unknown"]["resolution"] == "unrecognised"
    assert found["none"]["resolution"] == "unseen"
    (evidence,) = found["by-id"]["evidence"]
    assert evidence["repo"] == "bom:it.json"
    assert evidence["place"] == "it.json#components[0].licenses[0].license"
    assert report["verdict"] == "blocked"


def test_a_licence_that_cannot_be_read_is_a_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = [
        [{"license": {"text": {"encoding": "base64", "content": "%%%"}}}],
        [{"license": {"text": {"encoding": "rot13", "content": "ZVG"}}}],
        [{"licence": {"id": "MIT"}}],
        [{"license": "MIT"}],
    ]
    report = scanned(tmp_path, capsys, bom(*(model(f"m{at}", licenses=one) for at, one in enumerate(odd))))
    assert {one["id"] for one in report["gaps"] if one["reason"] == "malformed"} == {f"bom:m{at}" for at in range(4)}


def test_a_bill_and_a_card_that_disagree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [
        model("a", purl="pkg:huggingface/acme/a", licenses=[{"license": {"id": "MIT"}}]),
        model("b", purl="pkg:huggingface/acme/b", licenses=[{"license": {"id": "CC-BY-NC-4.0"}}]),
        model("c", purl="pkg:huggingface/acme/c", licenses=[{"license": {"name": "mit"}}]),
    ]
    with StandIn() as hub:
        for name in ("a", "b", "c"):
            hub.add(f"acme/{name}", card={"license": "mit"}, files={"README.md": b"---\nlicense: mit\n---\n"})
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        report = scanned(tmp_path, capsys, bom(*listed), "--no-progress")
    monkeypatch.setenv("HF_ENDPOINT", NOBODY)
    states = {one["id"]: one["license"]["resolution"] for one in report["nodes"] if one["id"].startswith("acme/")}
    assert states == {"acme/a": "resolved", "acme/b": "disputed", "acme/c": "resolved"}
    (agreed,) = (one for one in report["nodes"] if one["id"] == "acme/a")
    assert not [one for one in agreed["license"]["evidence"] if one["repo"].startswith("bom:")]


def test_data_sets_stay_data_sets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = {
        "modelParameters": {
            "datasets": [
                {"ref": "listed"},
                {"type": "dataset", "name": "acme/inline", "contents": {"url": "https://huggingface.co/datasets/acme/inline"}},
                {"type": "dataset", "name": "in the house", "contents": {"url": "https://acme.example/data"}},
                {"type": "source-code", "name": "train.py"},
            ]
        }
    }  # fmt: skip
    report = scanned(
        tmp_path,
        capsys,
        bom(
            model("m", modelCard=card),
            {
                "type": "data",
                "bom-ref": "listed",
                "name": "acme/listed",
                "licenses": [{"license": {"name": "cc-by-sa-4.0"}}],
                "externalReferences": [{"type": "distribution", "url": "https://huggingface.co/datasets/acme/listed"}],
            },
            {"type": "data", "bom-ref": "p", "name": "pkg", "purl": "pkg:huggingface/acme/plain"},
            {"type": "data", "bom-ref": "s", "name": "settings", "data": [{"type": "configuration", "name": "x"}]},
        ),
    )
    assert {one["id"]: one["kind"] for one in report["nodes"] if one["id"] not in {"bom:it.json", "bom:m"}} == {
        "datasets/acme/listed": "dataset",
        "datasets/acme/inline": "dataset",
        "datasets/acme/plain": "dataset",
        "bom:in the house": "dataset",
    }
    assert {relation for _, relation, parent in links(report) if parent != "bom:m"} == {"trained-on"}
    assert expressions(report)["datasets/acme/listed"] == "CC-BY-SA-4.0"


def test_the_pedigree_of_every_component(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = {"ancestors": [model("grand", purl="pkg:huggingface/acme/grand")]}
    report = scanned(
        tmp_path,
        capsys,
        bom(
            {"type": "library", "bom-ref": "runtime", "name": "runtime"},
            model(
                "tune", pedigree={"ancestors": [{"type": "machine-learning-model", "name": "base", "pedigree": deep}]}
            ),
            model("encoder", pedigree={"ancestors": [model("base")]}),
            model("box", components=[model("inner", pedigree=deep)]),
            metadata={"component": {"type": "application", "bom-ref": "app", "name": "app"}},
            dependencies=[{"ref": "app", "dependsOn": ["runtime"]}, {"ref": "runtime", "dependsOn": ["tune"]}],
        ),
    )
    assert links(report) == {
        ("bom:it.json", "component", "bom:tune"),
        ("bom:it.json", "component", "bom:encoder"),
        ("bom:it.json", "component", "bom:box"),
        ("bom:tune", "unstated", "bom:base"),
        ("bom:encoder", "unstated", "bom:base (2)"),
        ("bom:base", "unstated", "acme/grand"),
        ("bom:box", "component", "bom:inner"),
        ("bom:inner", "unstated", "acme/grand"),
    }


def test_what_a_bill_says_binds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = model("base", licenses=[{"license": {"id": "CC-BY-NC-4.0"}}])
    tune = model("tune", licenses=[{"license": {"id": "MIT"}}], pedigree={"ancestors": [base]})
    report = scanned(tmp_path, capsys, bom(metadata={"component": tune}), verb="check")
    assert report["verdict"] == "blocked"
    assert "noncommercial-upstream" in {one["rule"] for one in report["findings"]}


def test_a_version_that_is_no_commit_is_no_revision(tmp_path: Path) -> None:
    path = tmp_path / "it.json"
    whole = "86b5e0934494bd15c9632b12f734a8a67f723594"
    page = [{"type": "vcs", "url": f"https://huggingface.co/acme/a/commit/{whole}"}]
    for version, references, subject in (
        ("1.0", [], "acme/a"),
        ("main", [], "acme/a"),
        (whole, [], f"acme/a@{whole}"),
        ("86b5e093", page, f"acme/a@{whole}"),
        ("86b5e093", [], "acme/a@86b5e093"),
    ):
        main_component = model("a", purl=f"pkg:huggingface/acme/a@{version}", externalReferences=references)
        path.write_text(json.dumps(bom(metadata={"component": main_component})))
        assert read_bill(path).hub_subject == subject


def test_circles_and_long_chains_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ring = [model(f"r{at}") for at in range(3)]
    chain = [model(f"c{at}") for at in range(1500)]
    depends = [{"ref": f"r{at}", "dependsOn": [f"r{(at + 1) % 3}"]} for at in range(3)]
    depends += [{"ref": f"c{at}", "dependsOn": [f"c{at + 1}"]} for at in range(1499)]
    report = scanned(tmp_path, capsys, bom(*ring, *chain, dependencies=depends))
    assert len(report["nodes"]) == 1504


@pytest.mark.parametrize(
    "odd",
    [
        {"components": [{"type": {"a": 1}, "name": ["x"], "purl": 3, "bom-ref": {}}]},
        {"components": [{"type": ["machine-learning-model"], "name": "x"}, model("ok")]},
        {"components": [model("m", purl="pkg:huggingface/"), model("n", purl="pkg:huggingface/a/b/c/d")]},
        {"components": [model("m", purl="pkg:huggingface/%2e%2e/%00@%zz?repository_url=//[")]},
        {"components": [model("m", externalReferences=[{"type": {}, "url": "https://[huggingface.co/a"}])]},
        {"components": [model("m", externalReferences="x", pedigree=[], licenses={}, modelCard=7, properties=[[1]])]},
        {"components": [model("m", pedigree={"ancestors": [{}, 3, {"type": []}]})]},
        {"components": [model("m", modelCard={"modelParameters": {"datasets": [{"ref": 3}, {"contents": []}, "x"]}})]},
        {"components": [model("m")], "dependencies": [{"ref": "m", "dependsOn": ["m", None, 3]}, {"ref": []}, "x"]},
        {"components": [model("m"), model("m"), model("m", licenses=[{"license": {"id": {"x": 1}}}])]},
        {"components": [model("m")], "metadata": {"component": {"type": 3, "name": {}, "bom-ref": 9, "licenses": 3}}},
        {"components": [model("\u202eevil\x1b[31m" * 500)]},
        {"components": [model("m", properties=[{"name": "licscan:node", "value": "../../etc/passwd"}])]},
        {"components": [model("m", properties=[{"name": "licscan:kind", "value": "nonsense"}])]},
    ],
)
def test_hostile_components_are_no_fault_of_ours(
    odd: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "it.json"
    path.write_text(json.dumps({"bomFormat": "CycloneDX", **odd}), encoding="utf-8")
    for form in ("json", "tree", "cyclonedx", "spdx"):
        code = main(["tree", "--from-bom", str(path), "--offline", "-f", form, "-q"])
        assert code in {0, 2}, capsys.readouterr().err
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "neither CycloneDX nor SPDX 3"),
        ('{"bomFormat": "CycloneDX", "components": "x", "metadata": [], "dependencies": {"a": 1}}', "lists no model"),
        ('{"@graph": [1, {"type": "SpdxDocument", "rootElement": 3}]}', "lists no model"),
        ("[" * 100_000, "cannot be read as JSON"),
        (
            '{"bomFormat": "CycloneDX", "metadata": {"component": {"type": "data", "name": "x"}}}',
            "describes a data set",
        ),
    ],
)
def test_what_is_no_bill_is_refused_in_one_sentence(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        read_bill(path)


@pytest.mark.parametrize("verb", ["tree", "check", "review", "lock"])
def test_a_subject_and_a_bill_are_one_too_many(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = ["-o", str(tmp_path / "out")] if verb in {"review", "lock"} else []
    assert main([verb, "org/model", "--from-bom", "bom.json", *output]) == 2
    assert main([verb, *output]) == 2
    assert "--from-bom" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("verb", "code"), [("check", {1, 3}), ("review", {0}), ("lock", {3})])
def test_every_gate_takes_a_bill(verb: str, code: set[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(APP), encoding="utf-8")
    output = ["-o", str(tmp_path / "out")] if verb in {"review", "lock"} else []
    assert main([verb, "--from-bom", str(path), "--offline", *output]) in code
    assert "unexpected" not in capsys.readouterr().err
    assert verb == "check" or (tmp_path / "out").exists()
