"""Measures the search of one component in a store of 1,000 others, cold: a process of its own, imports included.

python benchmarks/thousand.py [--count N]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.loopback import WATCH
from licscan.weights.fingerprints import Entry, Fingerprint, written
from tests.weights.zoo import file_of

WIDTH, INNER, LAYERS, SLABS = 384, 1536, 16, 16


def entry(name: str, sketches: np.ndarray) -> Fingerprint:
    """A stored component with these sketches."""
    digest = hashlib.sha256(sketches.tobytes()).hexdigest()
    layers = tuple(range(SLABS))
    return Fingerprint(
        Entry(name, None, "language_model", "up", WIDTH, LAYERS, layers, 10**7, WIDTH * INNER, "", digest), sketches
    )


def store(folder: Path, count: int) -> None:
    """Random sketches of as many components."""
    dice = np.random.default_rng(5)
    found = [
        entry(f"org/model-{number:04d}", dice.integers(-127, 128, (SLABS, 32, 64)).astype(np.int8))
        for number in range(count)
    ]
    (folder / "many.safetensors").write_bytes(written(found))


def model(folder: Path) -> None:
    """A model of the same width, whose own fingerprint joins the store."""
    dice = np.random.default_rng(6)
    weights = {}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        weights[f"{at}mlp.up_proj.weight"] = dice.normal(0, 0.05, (INNER, WIDTH)).astype(np.float32)
        weights[f"{at}mlp.gate_proj.weight"] = dice.normal(0, 0.05, (INNER, WIDTH)).astype(np.float32)
        weights[f"{at}mlp.down_proj.weight"] = dice.normal(0, 0.05, (WIDTH, INNER)).astype(np.float32)
        weights[f"{at}input_layernorm.weight"] = np.ones(WIDTH, dtype=np.float32)
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", "hidden_size": WIDTH}))
    (folder / "model.safetensors").write_bytes(file_of(weights))


def measured(count: int) -> dict[str, object]:
    """Run the command once."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store(folder, count)
        model(folder / "subject")
        run = [sys.executable, "-m", "licscan"]
        own = str(folder / "own.safetensors")
        subprocess.run([*run, "fingerprint", str(folder / "subject"), "--id", "org/own", "-o", own], check=True)
        words = [*run, "compare", str(folder / "subject"), "-f", "json"]
        words += ["--store", str(folder / "many.safetensors"), "--store", own]
        watched = subprocess.run([sys.executable, "-c", WATCH, *words], capture_output=True, check=True)
    seconds, _, memory, said = json.loads(watched.stdout)
    return {
        "stored": len(said["tried"]),
        "found": [one["reference"] for one in said["components"]],
        "seconds": round(seconds, 2),
        "megabytes of memory": memory,
    }


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    print(json.dumps(measured(parser.parse_args().count)))


if __name__ == "__main__":
    main()
