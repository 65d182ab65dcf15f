"""What is typed as a subject: names as long as the Hub has them, folders that hold a model, and those that do not."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from licscan.cli.main import main
from licscan.core.ids import RepoId
from licscan.errors import UsageError
from licscan.lineage import parse_subject
from licscan.lineage.model_folder import holds_model

GGUF = b"GGUF\x03\0\0\0" + b"\0" * 16
CARD = "---\nlicense: mit\n---\n# Mine\n"
MODELS: dict[str, dict[str, str | bytes]] = {
    "a card with front matter": {"README.md": CARD},
    "a card that begins with a mark of byte order": {"README.md": "\ufeff" + CARD},
    "a card in one line of JSON": {"README.md": '---\n{"license": "mit", "tags": ["x"]}\n---\n'},
    "a card with quoted keys": {"README.md": '---\n"base_model": org/base\n---\n'},
    "a card that is not closed": {"README.md": "---\nlicense: mit\n# Mine\n"},
    "a card that is no YAML": {"README.md": "---\nlicense: [\n---\n"},
    "a card with carriage returns": {"README.md": "---\r\nlicense: mit\r\n---\r\n"},
    "a data set's keys beside a base": {"README.md": "---\nbase_model: a/b\nconfigs: []\n---\n"},
    "weights alone": {"model.safetensors": b""},
    "a quantised file": {"acme-q4.gguf": GGUF},
    "a configuration": {"config.json": '{"model_type": "llama"}'},
    "a configuration that is cut off": {"config.json": '{"model_type": "lla'},
    "an adapter": {"adapter_config.json": "{}"},
    "a recipe": {"mergekit_config.yml": "models: []\n"},
    "a pipeline of parts": {"model_index.json": "{}"},
    "a Modelfile": {"Modelfile": "FROM llama3\n"},
    "a speech pipeline": {"config.yaml": "version: 3.1\npipeline:\n  name: x\n"},
    "a language pipeline": {"config.cfg": "[paths]\n\n[nlp]\nlang = en\n"},
    "code of a model": {"modeling_acme.py": ""},
}
OTHERS: dict[str, dict[str, str | bytes]] = {
    "nothing": {},
    "a licence": {"LICENSE": "MIT License"},
    "a source tree": {"README.md": "# Tool\n\nFine-tunes models.\n", "setup.py": "", "LICENSE": "MIT License"},
    "a configuration of something else": {"config.json": '{"port": 80, "name": "x"}'},
    "a list as configuration": {"config.json": "[]"},
    "a page of a site": {"README.md": "---\ntitle: Home\nlayout: page\n---\n"},
    "a Space": {"README.md": "---\nlicense: mit\nsdk: gradio\napp_file: app.py\n---\n", "app.py": ""},
    "a data set": {"README.md": "---\nlicense: mit\ndataset_info:\n  features: []\n---\n"},
    "front matter that is quoted": {"README.md": "# How\n\n---\nlicense: mit\n---\n"},
    "a settings file": {"config.yaml": "server:\n  port: 80\n"},
    "a rule below the title": {"README.md": "----\nlicense: mit\n"},
}


def fill(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.mark.parametrize("kind", MODELS)
def test_a_folder_that_holds_a_model(kind: str, tmp_path: Path) -> None:
    assert holds_model(fill(tmp_path, MODELS[kind]))


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("verb", ["tree", "check"])
def test_a_folder_that_holds_none(
    verb: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, OTHERS[kind])
    monkeypatch.chdir(tmp_path)
    assert main([verb, "--offline", "."]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("licscan: . holds no model at its root\n")


def test_the_models_below_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, OTHERS["a source tree"])
    fill(tmp_path / "model", MODELS["a configuration"])
    fill(tmp_path / "model" / "vae", MODELS["a configuration"])
    fill(tmp_path / "old" / "deep" / "v1", MODELS["weights alone"])
    fill(tmp_path / "node_modules" / "x", MODELS["weights alone"])
    fill(tmp_path / ".git" / "x", MODELS["weights alone"])
    (tmp_path / "link").symlink_to("model")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--offline", "."]) == 2
    assert "there are models below it: ./model, ./old/deep/v1\n" in capsys.readouterr().err
    for number in range(12):
        fill(tmp_path / f"m{number:02}", MODELS["weights alone"])
    assert main(["check", "--offline", "."]) == 2
    assert "./m00, ./m01, ./m02, ./m03, ./m04 and 9 more\n" in capsys.readouterr().err


def test_what_cannot_be_read_in_a_folder_is_left_to_the_scan(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to("nowhere")
    assert holds_model(tmp_path)
    os.mkfifo(tmp_path / "config.json")
    assert holds_model(tmp_path)


def test_pipes_and_sockets_in_a_folder_hold_nothing_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = fill(tmp_path / "mine", MODELS["a card with front matter"])
    for name in ("config.json", "LICENSE", "model.safetensors", "tokenizer_config.json"):
        os.mkfifo(folder / name)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "adapter_config.json"))
    for evidence in ("files", "hashes"):
        assert main(["check", str(folder), "--offline", "-f", "json", "--evidence", evidence]) == 3
        report = json.loads(capsys.readouterr().out)
        assert report["complete"] is False


def test_a_folder_typed_without_its_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path / "models" / "mine", MODELS["a card with front matter"])
    fill(tmp_path / "models" / "by" / "mine", MODELS["a card with front matter"])
    fill(tmp_path / "plain", MODELS["a card with front matter"])
    monkeypatch.chdir(tmp_path)
    assert main(["tree", "--offline", "models/mine"]) == 3
    assert "a folder of that name is here: write ./models/mine" in capsys.readouterr().err
    assert main(["tree", "--offline", "models/by/mine"]) == 2
    assert "a folder of that name is here: write ./models/by/mine" in capsys.readouterr().err
    assert main(["tree", "--offline", "plain"]) == 0
    assert "folder" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        "x" * 300,
        "x" * 5000,
        f"org/{'x' * 300}",
        f"./{'x' * 300}",
        f"/{'x' * 5000}",
        "~nobody-at-all",
        "~nobody-at-all/model",
        "https://[x]/a",
        "https://[::1/a/b",
        "https://huggingface.co:port/a/b",
        "http://",
        "://",
        "./a\0b",
        "a\0b",
        "org/model@",
        "org/model@" + "r" * 500,
        "@main",
        "org/model@@main",
        "\udcff/\udcfe",
        "/dev/null",
        "/dev/zero",
        "/etc/passwd",
        "~",
    ],
)
def test_no_subject_is_our_fault(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["tree", "--offline", "--", words])
    said = capsys.readouterr()
    assert code == 2, said.err
    assert said.out == ""
    assert len(said.err) < 800


def test_a_long_name_is_refused_by_its_parts() -> None:
    name = "n" * 96
    assert RepoId.parse(f"organisation-with-a-long-name/{name}").name == name
    assert parse_subject(f"org/{name}@main").repo is not None
    for words in (f"org/{name}n", f"{name}n/x", f"{name}n"):
        with pytest.raises(UsageError):
            RepoId.parse(words)
