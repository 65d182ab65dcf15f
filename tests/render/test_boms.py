"""Bills of materials: valid by the official schemas, readable by other people's programs, and true."""

from __future__ import annotations

import io
import json
import os
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from licscan.core.license import Resolved
from licscan.core.report import Report
from licscan.render import cyclonedx, spdx
from tests.render.sample import DATA, ENCODER, GATED, LLAMA, REVISION, SUBJECT, many, story

REPORTS: tuple[Callable[[], Report], ...] = (story, lambda: many(1), lambda: many(15))


@pytest.mark.parametrize("make", REPORTS)
@pytest.mark.parametrize("version", cyclonedx.VERSIONS)
def test_cyclonedx_is_valid_by_the_official_schema(version: str, make: Callable[[], Report]) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    bom = cyclonedx.render_version(make(), version)
    validator = JsonStrictValidator(SchemaVersion.from_version(version))
    assert validator.validate_str(bom) is None
    broken = json.loads(bom)
    broken["components"].append({"type": "machine-learning-model"})
    assert validator.validate_str(json.dumps(broken)) is not None, "the validator looks"


def _by_name(bom: dict[str, Any]) -> dict[str, dict[str, Any]]:
    parts = [bom["metadata"]["component"], *bom["components"]]
    return {next(one["value"] for one in part["properties"] if one["name"] == "licscan:node"): part for part in parts}


def test_cyclonedx_says_what_is_known() -> None:
    bom = cyclonedx.tree_of(story(), "1.6")
    parts = _by_name(bom)
    subject = parts[SUBJECT]
    assert subject["purl"] == f"pkg:huggingface/{SUBJECT}@{REVISION}"
    assert subject["supplier"]["address"]["country"] == "KR"
    ancestors = {one["name"]: one for one in subject["pedigree"]["ancestors"]}
    assert ancestors["Qwen2.5-VL-32B-Instruct"]["purl"].startswith("pkg:huggingface/Qwen/")
    assert {"name": "licscan:component", "value": "vision_encoder"} in ancestors["Qwen2.5-VL-32B-Instruct"][
        "properties"
    ]
    assert "ultrachat_200k" not in ancestors, "training data is no ancestor"
    assert subject["modelCard"]["modelParameters"]["datasets"] == [{"ref": parts[DATA]["bom-ref"]}]
    assert subject["modelCard"]["modelParameters"]["modelArchitecture"] == "HCXVisionV2ForCausalLM"
    assert parts[ENCODER]["licenses"] == [{"license": {"id": "Apache-2.0", "acknowledgement": "concluded"}}]
    llama = parts[LLAMA]["licenses"][0]["license"]
    assert llama["name"] == "Llama 3.1 Community License"
    assert "fixture" in llama["text"]["content"]
    assert parts[DATA]["type"] == "data"
    assert bom["compositions"] == [{"aggregate": "incomplete", "dependencies": [parts[GATED]["bom-ref"]]}]
    refs = {part["bom-ref"] for part in parts.values()}
    assert {one["ref"] for one in bom["dependencies"]} == refs


def test_a_licence_made_of_two_is_an_expression() -> None:
    report = story()
    known = report.resolutions[ENCODER]
    assert isinstance(known, Resolved)
    both = replace(known, expression="Apache-2.0 AND LicenseRef-scancode-llama-3.1-license-2024")
    mixed = replace(report, resolutions={**report.resolutions, ENCODER: both})
    assert _by_name(cyclonedx.tree_of(mixed, "1.6"))[ENCODER]["licenses"] == [
        {"expression": both.expression, "acknowledgement": "concluded"}
    ]
    newer = _by_name(cyclonedx.tree_of(mixed, "1.7"))[ENCODER]["licenses"][0]
    assert newer["expressionDetails"][0]["licenseIdentifier"] == "LicenseRef-scancode-llama-3.1-license-2024"


def test_what_is_unknown_is_left_out_and_not_made_up() -> None:
    part = _by_name(cyclonedx.tree_of(story(), "1.6"))[GATED]
    assert not {"licenses", "modelCard", "version", "pedigree"} & set(part)
    assert {"name": "licscan:gap", "value": "gated"} in part["properties"]


@pytest.mark.parametrize("version", cyclonedx.VERSIONS)
def test_lib4sbom_reads_cyclonedx(version: str, tmp_path: Path) -> None:
    from lib4sbom.parser import SBOMParser  # type: ignore[import-untyped]

    path = tmp_path / "bom.json"
    path.write_text(cyclonedx.render_version(story(), version), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = SBOMParser()
        parser.parse_file(str(path))
    names = {package["name"] for package in parser.get_packages()}
    assert {"Qwen2.5-VL-32B-Instruct", "Llama-3.1-8B", "ultrachat_200k"} <= names


def test_cyclonedx_python_lib_builds_its_model_from_ours() -> None:
    from cyclonedx.model.bom import Bom

    tree = json.loads(cyclonedx.render_version(story(), "1.6"))
    for part in (tree["metadata"]["component"], *tree["components"]):
        part.pop("modelCard", None)  # that library has no class for model cards
        part.pop("data", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bom: Any = Bom.from_json(tree)  # type: ignore[attr-defined]
    assert bom.metadata.component.purl.type == "huggingface"
    assert len(bom.components) == len(story().lineage) - 1


def _graph(report: Report) -> list[dict[str, Any]]:
    tree: dict[str, Any] = json.loads(spdx.render(report))
    assert tree["@context"] == "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    graph: list[dict[str, Any]] = tree["@graph"]
    return graph


@pytest.mark.parametrize("make", REPORTS)
def test_spdx_is_read_by_the_official_model(make: Callable[[], Report]) -> None:
    """`spdx-python-model` is generated from the official SHACL shapes and checks every constraint while reading."""
    from spdx_python_model import v3_0_1 as model

    document = spdx.render(make())
    objects = model.SHACLObjectSet()
    model.JSONLDDeserializer().read(io.BytesIO(document.encode()), objects)
    assert not objects.missing_ids
    packages = list(objects.foreach_type("ai_AIPackage"))
    assert len(packages) == sum(one["type"] == "ai_AIPackage" for one in _graph(make()))
    broken = document.replace('"relationshipType": "hasConcludedLicense"', '"relationshipType": "hasNoSuchThing"')
    with pytest.raises(Exception, match="hasNoSuchThing"):
        model.JSONLDDeserializer().read(io.BytesIO(broken.encode()), model.SHACLObjectSet())


def test_spdx_says_what_is_known() -> None:
    graph = _graph(story())
    by_id = {one["spdxId"]: one for one in graph if "spdxId" in one}
    names = {one["name"]: one["spdxId"] for one in graph if one["type"] in ("ai_AIPackage", "dataset_DatasetPackage")}
    links = {
        (one["from"], one["relationshipType"], to) for one in graph if one["type"] == "Relationship" for to in one["to"]
    }
    subject = names[SUBJECT]
    assert (subject, "contains", names[ENCODER]) in links
    assert (subject, "trainedOn", names[DATA]) in links
    assert (subject, "descendantOf", names["acme/clova-merge"]) in links
    concluded = {
        start: by_id[to].get("simplelicensing_licenseExpression")
        for start, kind, to in links
        if kind == "hasConcludedLicense" and to in by_id
    }
    assert concluded[names[ENCODER]] == "Apache-2.0"
    assert concluded[names[LLAMA]] == "LicenseRef-scancode-llama-3.1-license-2024"
    assert (names["someone/silent"], "hasDeclaredLicense", "expandedlicensing_NoneLicense") in links
    assert (names["acme/clova-merge"], "hasConcludedLicense", "expandedlicensing_NoAssertionLicense") in links
    custom = [one for one in graph if one["type"] == "simplelicensing_SimpleLicensingText"]
    assert {one["name"] for one in custom} == {
        "Llama 3.1 Community License",
        "HyperCLOVA X SEED Model License Agreement",
    }
    notes = " ".join(one["statement"] for one in graph if one["type"] == "Annotation")
    assert "country: KR" in notes
    assert "not seen: gated" in notes
    document = next(one for one in graph if one["type"] == "SpdxDocument")
    assert "ai" not in document["profileConformance"], "a gated base lacks what the AI profile asks for"
    assert "ai" in next(one for one in _graph(many(3)) if one["type"] == "SpdxDocument")["profileConformance"]


def test_spdx_is_valid_by_the_published_shapes_where_they_are_at_hand() -> None:
    """The schema and the shapes are published on the network only; a folder with both may be named here."""
    folder = os.environ.get("SPDX_3_0_1_MODEL")
    if not folder:
        pytest.skip("SPDX_3_0_1_MODEL names no folder with spdx-model.ttl, schema.json and spdx-context.jsonld")
    import rdflib  # type: ignore[import-not-found,unused-ignore]
    from jsonschema import Draft202012Validator
    from pyshacl import validate  # type: ignore[import-not-found,import-untyped,unused-ignore]

    document = json.loads(spdx.render(story()))
    schema = json.loads((Path(folder) / "schema.json").read_text())
    assert not list(Draft202012Validator(schema).iter_errors(document))
    document["@context"] = json.loads((Path(folder) / "spdx-context.jsonld").read_text())["@context"]
    shapes = str(Path(folder) / "spdx-model.ttl")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
        holds, _, words = validate(graph, shacl_graph=shapes, ont_graph=shapes)
    assert holds, words


@pytest.mark.parametrize("make", REPORTS)
def test_boms_are_the_same_every_time(make: Callable[[], Report]) -> None:
    assert spdx.render(make()) == spdx.render(make())
    assert cyclonedx.render(make()) == cyclonedx.render(make())
