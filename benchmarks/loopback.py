"""Measures `compare` of two models of 90 MB over HTTP on loopback, 50 ms for each answer, redirects of large files
included: time, bytes, memory, and the round trips of which none could begin before the one before it was over.

python benchmarks/loopback.py [--pair copy|tuned|independent] [--latency SECONDS]

Round trips are counted on a busy machine with a longer latency: there the pauses of the machine itself look like trips.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.standin import Asked, Reply, StandIn
from tests.weights.zoo import file_of

WIDTH, INNER, LAYERS, VOCABULARY = 384, 1536, 6, 30522
PAIRS = ("copy", "tuned", "independent")


WATCH = """
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True)
seconds = round(time.monotonic() - began, 2)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = round(usage.ru_utime + usage.ru_stime, 2)
print(json.dumps([seconds, cpu, usage.ru_maxrss // 1024, json.loads(done.stdout)]))
"""
"""A small process that runs the command: a child counts the memory of the process that it was forked from."""


def bert(seed: int) -> dict[str, Any]:
    """A model with the shapes of MiniLM-L6: 22.7 million parameters, 90.9 MB as float32."""
    dice = np.random.default_rng(seed)

    def some(*shape: int) -> Any:
        return dice.normal(0, 0.05, shape).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": some(VOCABULARY, WIDTH),
        "embeddings.position_embeddings.weight": some(512, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
    }
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            found[f"{at}attention.{name}.weight"] = some(WIDTH, WIDTH)
            found[f"{at}attention.{name}.bias"] = some(WIDTH)
        found[f"{at}intermediate.dense.weight"] = some(INNER, WIDTH)
        found[f"{at}intermediate.dense.bias"] = some(INNER)
        found[f"{at}output.dense.weight"] = some(WIDTH, INNER)
        found[f"{at}output.dense.bias"] = some(WIDTH)
        for name in ("attention.output", "output"):
            found[f"{at}{name}.LayerNorm.weight"] = 1 + some(WIDTH)
            found[f"{at}{name}.LayerNorm.bias"] = some(WIDTH)
    return found


def tuned(parent: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """A child that moved by a twentieth of each tensor's spread."""
    dice = np.random.default_rng(seed)
    return {
        name: (one + 0.05 * one.std() * dice.normal(size=one.shape)).astype(np.float32) for name, one in parent.items()
    }


class Timed(StandIn):
    """The stand-in with a diary of when each request came in."""

    def __init__(self, latency: float) -> None:
        super().__init__(latency=latency)
        self.times: list[tuple[float, str]] = []

    def answer(self, asked: Asked) -> Reply:
        """Note the moment, then answer."""
        self.times.append((time.monotonic(), asked.path))
        return super().answer(asked)


def serve(pair: str, latency: float, pipe: Connection) -> None:
    """Hold both models until told to stop, then hand over the diary."""
    parent = bert(1)
    child = {"copy": parent, "tuned": tuned(parent, 2), "independent": bert(3)}[pair]
    config = {"model_type": "bert", "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "vocab_size": VOCABULARY}
    vocabulary = {f"token-{number}": number for number in range(VOCABULARY)}
    files = {
        "config.json": json.dumps(config).encode(),
        "tokenizer.json": json.dumps({"model": {"type": "WordPiece", "vocab": vocabulary}}).encode(),
    }
    with Timed(latency) as hub:
        for name, weights in (("b/parent", parent), ("a/child", child)):
            whole = {**files, "model.safetensors": file_of(weights)}
            hub.add(name, files=whole, card={"license": "mit"}, large=("model.safetensors",))
        for index, repo in enumerate(hub.repos):
            # What the Hub knows already is not worked out during the measurement.
            hub.repos[repo].commits[0]["date"] = f"2024-0{index + 1}-01T00:00:00.000Z"
        pipe.send(hub.url)
        pipe.recv()
        pipe.send(hub.times)


def trips(times: list[tuple[float, str]], latency: float) -> int:
    """The most requests of which each began only when the one before was answered."""
    count, free = 0, float("-inf")
    for moment, _ in sorted(times):
        if moment >= free:
            count, free = count + 1, moment + latency
    return count


def measured(pair: str, latency: float = 0.05) -> dict[str, Any]:
    """One run of the command in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(pair, latency, theirs), daemon=True)
    server.start()
    url = ours.recv()
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HF_ENDPOINT": url, "HF_HOME": home, "LICSCAN_CACHE": home + "/cache"}
        words = [sys.executable, "-m", "licscan", "compare", "a/child", "b/parent", "-f", "json"]
        run = subprocess.run([sys.executable, "-c", WATCH, *words], capture_output=True, env=environment, check=False)
    ours.send("stop")
    times = ours.recv()
    server.join()
    if run.returncode:
        raise SystemExit(run.stderr.decode())
    seconds, cpu, memory, said = json.loads(run.stdout)
    return {
        "pair": pair,
        "latency": latency,
        "seconds": round(seconds, 2),
        "trips": trips(times, latency),
        "requests": len(times),
        "bytes": said["stats"]["bytes"],
        "cpu": cpu,
        "megabytes of memory": memory,
        "verdicts": [one["verdict"] for one in said["components"]],
    }


def main() -> None:
    """Print one line for each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pair", choices=PAIRS, action="append")
    parser.add_argument("--latency", type=float, default=0.05)
    args = parser.parse_args()
    for pair in args.pair or PAIRS:
        print(json.dumps(measured(pair, args.latency)))


if __name__ == "__main__":
    main()
