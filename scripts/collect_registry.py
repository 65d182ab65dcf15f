"""Collect data/registry/ from tables of published facts: known models, licence tags, hashes of files.

    python scripts/collect_registry.py --signatures FILE --tokenizers FILE --tags FILE --tags-date DAY --hashes FILE

Run it with newer tables to refresh the registry, then `make generated`. What people reviewed
(data/registry/reviewed.toml) is not touched. Each option may be left out: its file then stays as it is.

* `--signatures` JSON list of {repo, aliases, family, generation, role, trained_from, trained_from_why, config,
  tokenizer, parameters, license, released, config_sha256, weights_sha256, sources, from_defaults_only}
* `--tokenizers` JSON {files: [{repos, file, sha256}]}
* `--tags` JSON lines of {id, license, released}, one a model; `--tags-date` says when they were true
* `--hashes` CSV with the columns sha256, file, repo
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.core.ids import RepoId  # noqa: E402

FOLDER = ROOT / "data" / "registry"
SIZES = (
    "vocab_size",
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "intermediate_size",
    "head_dim",
    "num_experts",
    "n_routed_experts",
    "moe_intermediate_size",
    "max_position_embeddings",
    "bos_token_id",
    "pad_token_id",
    "d_model",
    "encoder_layers",
    "decoder_layers",
    "encoder_attention_heads",
    "num_mel_bins",
    "max_source_positions",
    "patch_size",
    "image_size",
    "embed_dim",
    "depth",
    "num_layers",
    "attention_head_dim",
    "joint_attention_dim",
    "cross_attention_dim",
    "in_channels",
    "out_channels",
    "codebook_size",
    "codebook_dim",
)
"""Whole numbers of a configuration that tell one release from another."""
PARTS = ("vision_config", "text_config")
_HEX = re.compile(r"[0-9a-f]{64}\Z")
_MADE = re.compile(r"(?:publisher(?!-own)|paper|mteb)|.*publisher card", re.IGNORECASE)
_LARGEST = 1 << 53
_SOURCE = re.compile(r"([\w.\-/]+?)(?:-(\d[\w.]*)|@([0-9a-f]{7,}))?(?=[ ;,:]|\Z)")
_OURS = {"shared/hub": "huggingface.co, files as published", "stored": "huggingface.co, files as published"}


def main() -> int:
    """Collect what the options name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signatures", type=Path)
    parser.add_argument("--tokenizers", type=Path)
    parser.add_argument("--tags", type=Path)
    parser.add_argument("--tags-date", default="")
    parser.add_argument("--hashes", type=Path)
    parser.add_argument("--into", type=Path, default=FOLDER)
    args = parser.parse_args()
    args.into.mkdir(parents=True, exist_ok=True)
    if args.signatures:
        entries = list(models(json.loads(args.signatures.read_text(encoding="utf-8"))))
        write_lines(args.into / "models.jsonl", (json.dumps(one, separators=(",", ":")) for one in entries))
        print(f"{len(entries)} models")
    if args.tags:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", args.tags_date):
            parser.error("--tags needs --tags-date YYYY-MM-DD")
        rows = list(tags(map(json.loads, args.tags.read_text(encoding="utf-8").splitlines())))
        write_lines(args.into / "tags.tsv", [f"#\t{args.tags_date}", *rows])
        print(f"{len(rows)} licence tags")
    if args.hashes or args.tokenizers:
        files = sorted(set(hashes(args.hashes)) | set(tokenizers(args.tokenizers)))
        write_lines(args.into / "files.tsv", ("\t".join(row) for row in files))
        print(f"{len(files)} hashes of files")
    return 0


def models(table: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One entry a repository, in the order of their names; what is empty is left out."""
    for row in sorted(table, key=lambda one: str(one["repo"]).lower()):
        if RepoId.try_parse(row["repo"]) is None:
            print(f"left out, no repository: {row['repo']}", file=sys.stderr)
            continue
        why = str(row.get("trained_from_why", ""))
        made = str(row.get("trained_from", "unknown"))
        entry = {
            "repo": row["repo"],
            "aka": sorted(one for one in row.get("aliases", ()) if RepoId.try_parse(one)),
            "family": row["family"],
            "generation": row.get("generation") or "",
            "role": row["role"],
            "from": made if made != "unknown" else "",
            "says": "publisher" if made != "unknown" and _MADE.match(why) else "",
            "licence": row.get("license") or "",
            "released": row.get("released") or "",
            "parameters": counted(row.get("parameters")),
            "rounded": bool(row.get("parameters_rounded")),
            "shape": shape(row),
            "config": digests(row.get("config_sha256")),
            "weights": digests(row.get("weights_sha256")) + digests(row.get("original_pt_sha256")),
            "pre": row.get("tokenizer", {}).get("llama_cpp_pre") or "",
            "sources": sources(row),
        }
        yield {key: value for key, value in entry.items() if value not in ("", [], {}, None, False)}


def shape(row: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration as far as it tells releases apart, without what a library's defaults filled in."""
    config = {key: value for key, value in row["config"].items() if key not in set(row.get("from_defaults_only", ()))}
    found = sizes(config)
    for part in PARTS:
        inner = {key.partition(".")[2]: value for key, value in config.items() if key.startswith(f"{part}.")}
        if part == "text_config":
            found = {**sizes(inner), **found}
            if "model_type" in inner and inner["model_type"] != config.get("model_type"):
                found["text_type"] = inner["model_type"]
        elif inner := sizes(inner, typed=True):
            found[part.removesuffix("_config")] = inner
    if isinstance(kind := config.get("model_type", config.get("_class_name")), str):
        found["type"] = kind
    return found


def sizes(config: Mapping[str, Any], *, typed: bool = False) -> dict[str, Any]:
    """The whole numbers of one section, the ends of a text, the rotary base and whether the head is tied."""
    found: dict[str, Any] = {key: value for key in SIZES if whole(value := config.get(key))}
    if "max_position_embeddings" not in found and whole(config.get("context_length")):
        found["context_length"] = config["context_length"]
    if whole(config.get("rope_theta")) or isinstance(config.get("rope_theta"), float):
        found["rope_theta"] = int(config["rope_theta"])
    scaling = config.get("rope_scaling")
    if isinstance(scaling, Mapping):
        kind, factor = scaling.get("rope_type", scaling.get("type", "")), scaling.get("factor", "")
        found["rope_scaling"] = f"{kind}:{float(factor) if isinstance(factor, int) else factor}"
    ends = config.get("eos_token_id")
    if whole(ends) or (isinstance(ends, list) and ends and all(map(whole, ends))):
        found["eos_token_id"] = ends
    if isinstance(config.get("tie_word_embeddings"), bool):
        found["tie_word_embeddings"] = config["tie_word_embeddings"]
    if typed and isinstance(config.get("model_type"), str):
        found["type"] = config["model_type"]
    return found


def whole(value: object) -> bool:
    """A number that a configuration can hold: whole, not negative, not absurd."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST


def counted(value: object) -> int | None:
    """A parameter count."""
    return value if isinstance(value, int) and 0 < value < _LARGEST else None


def digests(value: object) -> list[str]:
    """SHA-256 digests in lower case."""
    many = value if isinstance(value, list) else [value]
    return sorted({one.lower() for one in many if isinstance(one, str) and _HEX.match(one.lower())})


def sources(row: Mapping[str, Any]) -> list[str]:
    """The packages and repositories that the facts were read from, each with its version."""
    found = set()
    for one in row.get("sources", ()):
        name = re.split(r"[ (]", str(one["source"]), maxsplit=1)[0].strip(";:,")
        found.add(_OURS.get(name, name))
    return sorted(found)


def tags(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Model, licence tag and day of release, in the order of the names; tabs and line ends stand in none."""
    found = {}
    for row in rows:
        licence = row.get("license") or ""
        if RepoId.try_parse(str(row["id"])) and isinstance(licence, str) and re.fullmatch(r"[\w.+\-]{0,80}", licence):
            found[str(row["id"])] = f"{row['id']}\t{licence}\t{row.get('released') or ''}".rstrip("\t")
    yield from (found[name] for name in sorted(found, key=str.lower))


def hashes(path: Path | None) -> Iterator[tuple[str, str, str]]:
    """Digest, repository and file of weights whose digest somebody published."""
    if path is None:
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["file"].rsplit("/", 1)[-1]
            if _HEX.match(row["sha256"]) and RepoId.try_parse(row["repo"]) and re.search(WEIGHTS, name):
                yield row["sha256"], row["repo"], name


WEIGHTS = r"\.(?:gguf|safetensors|bin|onnx|pt)\Z"


def tokenizers(path: Path | None) -> Iterator[tuple[str, str, str]]:
    """Digest, repository and file of tokenizers."""
    if path is None:
        return
    for row in json.loads(path.read_text(encoding="utf-8"))["files"]:
        for repo in row["repos"]:
            if _HEX.match(str(row.get("sha256"))) and RepoId.try_parse(repo) and row["kind"] != "config":
                yield row["sha256"], repo, str(row["file"]).rsplit("/", 1)[-1]


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file with one fact a line."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
