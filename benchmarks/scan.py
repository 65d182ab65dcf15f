"""What a scan costs: start-up, round trips, requests, growth with the number of nodes, and judging beside loading.

    python benchmarks/scan.py [startup] [live] [requests] [real] [growth] [judging]

Whole processes where a whole process is meant; ratios within one run, since machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.pipeline import Limits, scan  # noqa: E402
from licscan.sources.layered import open_hub  # noqa: E402
from tests.standin import StandIn  # noqa: E402

LATENCY = 0.1
WEIGHTS = (".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".msgpack", ".h5")
README = """---
{card}
---
# A model

This model answers questions about the weather. It was evaluated on two public benchmarks.

## Use

Load it with the library of your choice. See the paper for details.
"""
SIZES = (1_000, 10_000, 100_000)
JUDGED = 10_000
LICENSES = (
    "apache-2.0",
    "mit",
    "llama3.1",
    "cc-by-nc-4.0",
    "gemma",
    "openrail",
    "cc-by-sa-4.0",
    "gpl-3.0",
    "other",
    "llama2",
)
Shape = Callable[[int, int, random.Random], dict[str, object]]
"""What the card of a numbered model says, among so many."""


def main() -> None:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*BENCHMARKS, []], default=list(BENCHMARKS))
    for name in parser.parse_args().which:
        BENCHMARKS[name]()


def chain(hub: StandIn, length: int, prefix: str = "chain") -> str:
    """A chain of fine-tunes, each with a card that tells all and a config."""
    for place in range(length + 1):
        card: dict[str, object] = {"license": "apache-2.0"}
        if place < length:
            card["base_model"] = f"org{place + 1}/{prefix}-{place + 1}"
        hub.add(
            f"org{place}/{prefix}-{place}",
            card=card,
            files={"README.md": README.format(card=front(card)).encode(), "config.json": b'{"model_type": "llama"}'},
            tags=["license:apache-2.0"],
        )
    return f"org0/{prefix}-0"


def front(card: dict[str, object]) -> str:
    """The front matter that the Hub would have made this card of."""
    return "\n".join(f"{key}: {json.dumps(value)}" for key, value in card.items())


def startup() -> None:
    """`tree --offline` of 20 nodes, warm, against `import networkx`."""
    with StandIn() as hub, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HF_ENDPOINT": hub.url, "LICSCAN_CACHE": home, "PYTHONPATH": str(ROOT)}
        subject = chain(hub, 19)
        tree = [sys.executable, "-m", "licscan", "tree", subject]
        subprocess.run(tree, env=environment, check=True, capture_output=True)
        ours = [*tree, "--offline"]
        theirs = [sys.executable, "-c", "import networkx"]
        pairs = [(wall(ours, environment), wall(theirs, environment)) for _ in range(16)][1:]
    ratio = statistics.median(one / other for one, other in pairs)
    mine, base = (statistics.median(column) for column in zip(*pairs, strict=True))
    show(
        "tree --offline, 20 nodes, warm",
        f"{mine * 1000:.0f} ms",
        f"{ratio:.2f} x import networkx ({base * 1000:.0f} ms)",
    )


def live() -> None:
    """A chain of depth 8 and a merge of 60 parents, with latency on every request."""
    with StandIn(latency=LATENCY) as hub:
        quick = chain(hub, 0, "warm")
        subject = chain(hub, 8)
        parents = [f"many/part-{number}" for number in range(60)]
        for name in parents:
            hub.add(name, card={"license": "mit"}, files={"config.json": b"{}"}, tags=["license:mit"])
        merge: dict[str, object] = {"license": "mit", "base_model": parents}
        readme = README.format(card=front(merge)).encode()
        hub.add("many/merge", card=merge, files={"README.md": readme, "config.json": b"{}"})
        timed(hub, quick)
        spent = timed(hub, subject)
        show("live chain of depth 8", f"{spent:.2f} s", f"{spent / (9 * LATENCY):.2f} x (8 + 1) x L")
        spent = timed(hub, "many/merge")
        show("live merge of 60 parents", f"{spent:.2f} s", f"{spent / LATENCY:.2f} x L")


def timed(hub: StandIn, subject: str) -> float:
    """Seconds of one scan with an empty cache, start-up apart."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["LICSCAN_CACHE"] = home
        source = open_hub(endpoint=hub.url)
        began = time.perf_counter()
        scan(subject, hub=source)
        return time.perf_counter() - began


def requests() -> None:
    """Requests per node: first run, second run, offline."""
    with StandIn() as hub, tempfile.TemporaryDirectory() as home:
        os.environ["LICSCAN_CACHE"] = home
        os.environ["HF_ENDPOINT"] = hub.url
        subject = chain(hub, 9)
        for what, offline in (("first run", False), ("second run", False), ("--offline", True)):
            before = hub.count()
            scan(subject, hub=open_hub(endpoint=hub.url, offline=offline))
            show(f"requests per node, {what}", f"{(hub.count() - before) / 10:.1f}", "10 nodes")
        del os.environ["HF_ENDPOINT"]


def real() -> None:
    """Requests per node over the real cards of the catalogue, served live: a first run each, and a second."""
    with StandIn() as hub, tempfile.TemporaryDirectory() as home:
        os.environ["HF_ENDPOINT"] = hub.url
        subjects = [name for name, entry in catalogued() if serve(hub, name, entry)]
        spent = {"first run": 0, "second run": 0}
        nodes = 0
        for place, subject in enumerate(subjects):
            os.environ["LICSCAN_CACHE"] = str(Path(home) / str(place))
            for what in spent:
                before = hub.count()
                report = scan(subject, hub=open_hub(endpoint=hub.url))
                spent[what] += hub.count() - before
            nodes += len(report.lineage)
        for what, count in spent.items():
            show(
                f"requests per node, {len(subjects)} real cards, {what}",
                f"{count / nodes:.2f}",
                f"{nodes} nodes; wanted: {4 if what == 'first run' else 1} at most",
            )
        del os.environ["HF_ENDPOINT"]


def catalogued() -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of the bundled catalogue."""
    for line in (ROOT / "data" / "catalog" / "models.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        yield entry["info"]["id"], entry


def serve(hub: StandIn, name: str, entry: dict[str, Any]) -> bool:
    """Put a record onto the stand-in as its repository would be; whether its card is known."""
    held = {path: text.encode() for path, text in entry.get("files", {}).items()}
    named = [one["path"] if isinstance(one, dict) else one for one in entry["info"].get("files") or ()]
    listed = {path: b"Terms that nobody has seen.\n" for path in named if not path.endswith(WEIGHTS)}
    is_known = "README.md" in held
    card = yaml.safe_load(held["README.md"].decode().split("---")[1]) if is_known else {}
    card = json.loads(json.dumps(card, default=str)) if isinstance(card, dict) else {}
    hub.add(name, card=card, files={**listed, **held}, tags=entry["info"].get("tags") or [])
    return is_known


def growth() -> None:
    """Cost per node of recorded lineages of 1,000, 10,000 and 100,000 nodes."""
    first = None
    for count in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            record(Path(folder), count)
            seconds, memory = alone("recorded", folder, count)
        each = seconds / count * 1e6
        first = first or each
        show(
            f"recorded, {count:,} nodes",
            f"{seconds:.1f} s, {memory:.0f} MB",
            f"{each:.0f} us a node, {each / first:.2f} x",
        )


def judging() -> None:
    """Flow and rules against crawl and resolution, on recorded lineages of four shapes."""
    for what, shape in (("tree", tree), ("random DAG", random_dag), ("wide merges", merges), ("deep chain", line)):
        with tempfile.TemporaryDirectory() as folder:
            record(Path(folder), JUDGED, shape)
            loading, judged = alone("phases", folder, JUDGED)
        show(
            f"judging, {what}, {JUDGED:,} nodes",
            f"{judged:.2f} s",
            f"{judged / loading:.2f} x loading ({loading:.2f} s)",
        )


def alone(function: str, folder: str, count: int) -> tuple[float, float]:
    """The two numbers that a function of this file prints in a process of its own."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        f"from benchmarks.scan import {function}\n"
        f"{function}(sys.argv[2], int(sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, str(ROOT), folder, str(count)]
    first, second = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(first), float(second)


def tree(number: int, count: int, chance: random.Random) -> dict[str, object]:  # noqa: ARG001
    """Two parents for each model: wide and fairly deep."""
    return _card(number, [one for one in (2 * number + 1, 2 * number + 2) if one < count])


def random_dag(number: int, count: int, chance: random.Random) -> dict[str, object]:
    """Up to four parents somewhere above, by any relation, under any of many licences."""
    above = {number + 1 + int(chance.expovariate(1 / 200)) for _ in range(chance.randint(1, 3))}
    if chance.random() < 0.5:
        above.add(number + 1)
    return _related(number, [one for one in sorted(above) if one < count], chance)


def merges(number: int, count: int, chance: random.Random) -> dict[str, object]:
    """Merges of four hundred parents, each again a merge of as many."""
    return _related(number, [one for one in range(400 * number + 1, 400 * number + 401) if one < count], chance)


def line(number: int, count: int, chance: random.Random) -> dict[str, object]:
    """One parent each."""
    return _related(number, [number + 1] if number + 1 < count else [], chance)


def _card(number: int, above: list[int]) -> dict[str, object]:
    card: dict[str, object] = {"license": LICENSES[number % 5]}
    return {**card, "base_model": [f"o{one}/m{one}" for one in above]} if above else card


def _related(number: int, above: list[int], chance: random.Random) -> dict[str, object]:
    card = {**_card(number, above), "license": chance.choice(LICENSES)}
    if above and chance.random() < 0.7:
        card["base_model_relation"] = chance.choice(("finetune", "adapter", "merge", "quantized"))
    if chance.random() < 0.1:
        card["datasets"] = [f"d{number % 50}/d{number % 50}"]
    return card


def record(folder: Path, count: int, shape: Shape = tree) -> None:
    """A recording of a lineage of this shape."""
    (folder / "recording.json").write_text(
        json.dumps({"kind": "licscan recording", "version": 1, "by": "benchmark", "made": "", "subjects": ["o0/m0"]})
    )
    chance = random.Random(7)  # noqa: S311 - the same lineage every time
    for number in range(count):
        home = folder / "models" / f"o{number}" / f"m{number}"
        home.mkdir(parents=True)
        (home / "info.json").write_text(json.dumps(info(f"o{number}/m{number}", shape(number, count, chance))))


def info(name: str, card: dict[str, object]) -> dict[str, object]:
    """One repository in the recording's own format."""
    from licscan.core.artifact import Source
    from licscan.core.ids import RepoId
    from licscan.sources.protocol import RepoInfo
    from licscan.sources.serialize import info_to_json

    repo = RepoId.parse(name)
    return {
        "info": info_to_json(RepoInfo(repo, repo, Source.HUB, "0" * 40, "2026-11-24", card=card, tags=(), files=()))
    }


def recorded(folder: str, count: int) -> None:
    """Scan a recording to JSON in this process and print seconds and peak memory."""
    from licscan.render.json import chunks

    began = time.perf_counter()
    report = scan("o0/m0", hub=open_hub(recording=Path(folder)), limits=Limits(depth=64, nodes=count + 1))
    for _ in chunks(report):
        pass
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def phases(folder: str, count: int) -> None:
    """Scan a recording in this process and print the processor's seconds of loading and of judging."""
    from importlib import import_module

    gather, assess = import_module("licscan.pipeline.gather"), import_module("licscan.pipeline.assess")
    spent: dict[str, float] = {}
    for room, name in ((gather, "crawl"), (assess, "resolve_all"), (assess, "flow"), (assess, "ask_all")):
        setattr(room, name, clocked(getattr(room, name), name, spent))
    scan("o0/m0", hub=open_hub(recording=Path(folder)), limits=Limits(depth=count, nodes=2 * count))
    print(spent["crawl"] + spent["resolve_all"], spent["flow"] + spent["ask_all"])


def clocked(function: Callable[..., object], name: str, spent: dict[str, float]) -> Callable[..., object]:
    """The function, with what it takes noted under its name."""

    def run(*args: object, **more: object) -> object:
        began = time.process_time()
        result = function(*args, **more)
        spent[name] = time.process_time() - began
        return result

    return run


def wall(command: list[str], environment: dict[str, str]) -> float:
    """Seconds of a whole process."""
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def show(what: str, value: str, note: str) -> None:
    """One row."""
    print(f"{what:40} {value:>18}   {note}")


BENCHMARKS: dict[str, Callable[[], None]] = {
    "startup": startup,
    "live": live,
    "requests": requests,
    "real": real,
    "growth": growth,
    "judging": judging,
}

if __name__ == "__main__":
    main()
