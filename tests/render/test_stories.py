"""The golden stories, recorded from a stand-in Hub, through every renderer of the dossier."""

from __future__ import annotations

import io
import tomllib
from functools import cache
from pathlib import Path

import pytest

from licscan.core.report import Report
from licscan.pipeline import scan
from licscan.render import cyclonedx, dossier, spdx
from licscan.sources.recording import Recorded

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
STORIES = {one["name"]: one["subject"] for one in tomllib.loads((GOLDEN / "stories.toml").read_text())["story"]}


@cache
def report_of(name: str, lang: str = "en") -> Report:
    return scan(STORIES[name], hub=Recorded(GOLDEN / name / "hub"), lang=lang)


@pytest.mark.parametrize("name", sorted(STORIES))
def test_every_bill_of_materials_is_valid(name: str) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from spdx_python_model import v3_0_1 as model

    for version in cyclonedx.VERSIONS:
        bom = cyclonedx.render_version(report_of(name), version)
        assert JsonStrictValidator(SchemaVersion.from_version(version)).validate_str(bom) is None
    objects = model.SHACLObjectSet()
    model.JSONLDDeserializer().read(io.BytesIO(spdx.render(report_of(name)).encode()), objects)
    assert not objects.missing_ids


@pytest.mark.parametrize("name", sorted(STORIES))
def test_every_document_is_written(name: str) -> None:
    files = dossier.documents(report_of(name))
    assert all(content.endswith("\n") for path, content in files.items() if not path.startswith("licenses/"))
    assert STORIES[name].rpartition("/")[2] in files["report.md"]
