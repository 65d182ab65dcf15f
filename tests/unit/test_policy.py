"""The policy file, waivers, exit codes and SARIF."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from licscan.cli.main import main
from licscan.config import load_policy, parse_policy
from licscan.core.finding import Severity
from licscan.core.use import Purpose
from licscan.errors import ConfigError
from licscan.policy import judge
from licscan.rule import ask_all
from licscan.rules import RULES
from tests.build import case

SCHEMA = Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json"


def folder(path: Path, license: str, base: str = "meta-llama/Llama-3.1-8B") -> Path:
    path.mkdir(exist_ok=True)
    card = f"---\nlicense: {license}\nbase_model: {base}\n---\n# a model\n"
    (path / "README.md").write_text(card, encoding="utf-8")
    return path


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_policy('[use]\ncomercial = true\n[[waive]]\nrule = "nope"\nuntil = "soon"\n[fial]\n', "licscan.toml")
    words = caught.value.message
    for mistake in ("use.comercial", "'commercial'", "waive[1].until", "waive[1].reason", "waive[1].rule", "fial"):
        assert mistake in words


def test_the_neutral_default() -> None:
    policy = load_policy()
    assert (policy.file, policy.preset, policy.fail_on) == (None, "neutral", Severity.HIGH)


def test_the_starter_is_a_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert load_policy().file is not None
    assert main(["init"]) == 2
    assert main(["init", "--force"]) == 0
    every = "\n".join(
        line.removeprefix("# ") if line.startswith("# ") and (" = " in line or line.startswith("# [[")) else line
        for line in (tmp_path / "licscan.toml").read_text(encoding="utf-8").splitlines()
    )
    assert parse_policy(every.replace("XX", "KR"), "all of it").use.purpose is Purpose.COMMERCIAL


def test_a_waiver_sets_aside_only_what_it_names() -> None:
    policy = parse_policy(
        '[[waive]]\nrule = "undeclared-license"\nrepo = "a-lab/*"\nreason = "ours"\nowner = "me"\n', "licscan.toml"
    )
    told = case("t <-merge- a + b", t="mit")
    judged = judge(ask_all(RULES, told), policy, told.lineage, "2026-11-24")
    mine = {one.subject: one.waived for one in judged if one.rule == "undeclared-license"}
    assert mine["b-lab/b"] is None
    assert mine["a-lab/a"] is not None
    assert not [one for one in judged if one.rule == "unused-waiver"]


def test_check_exits_by_its_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = folder(tmp_path / "bad", "apache-2.0")
    assert main(["check", str(bad), "--offline"]) == 1
    assert main(["check", str(bad), "--offline", "--exit-zero"]) == 0
    assert main(["check", str(bad), "--offline", "--fail-on", "never"]) in {0, 3}
    gone = folder(tmp_path / "gone", "apache-2.0", "nobody-at-all/there-is-none")
    assert main(["check", str(gone), "--offline", "--fail-on", "critical"]) == 3
    assert main(["check", str(gone), str(bad), "--offline"]) == 1
    assert main(["check", str(tmp_path / "none"), "--offline"]) in {2, 3}
    capsys.readouterr()


def test_sarif_is_valid_and_its_fingerprints_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = folder(tmp_path / "bad", "apache-2.0")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    logs = []
    for _ in range(2):
        main(["check", str(bad), "--offline", "-f", "sarif"])
        logs.append(json.loads(capsys.readouterr().out))
    jsonschema.Draft4Validator(schema).validate(logs[0])
    results = logs[0]["runs"][0]["results"]
    marks = [one["partialFingerprints"]["licscanFinding/v1"] for one in results]
    assert len(set(marks)) == len(marks)
    assert marks == [one["partialFingerprints"]["licscanFinding/v1"] for one in logs[1]["runs"][0]["results"]]
    loose = next(one for one in results if one["ruleId"] == "looser-than-upstream")
    place = loose["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("bad/README.md")
    assert place["region"]["startLine"] == 2
    rule = logs[0]["runs"][0]["tool"]["driver"]["rules"][loose["ruleIndex"]]
    assert "## What to do" in rule["help"]["markdown"]
