"""Record the golden stories: a stand-in Hub serves real cards and configs, the real client reads them.

    python scripts/make_stories.py RECORDS [STORY ...]

RECORDS is a folder `<org>/<name>/` with README.md (front matter), config.json, adapter_config.json and
mergekit_config.yml.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from licscan.errors import LicscanError, UsageError  # noqa: E402
from licscan.files import parse_toml  # noqa: E402
from licscan.pipeline import scan  # noqa: E402
from licscan.sources.layered import open_hub  # noqa: E402
from licscan.sources.recorder import Recorder  # noqa: E402
from tests.standin import StandIn  # noqa: E402

GOLDEN = ROOT / "tests" / "golden"
KEPT = ("README.md", "config.json", "adapter_config.json", "mergekit_config.yml")
EPOCH = "1795500000"
EMPTY_SAFETENSORS = (2).to_bytes(8, "little") + b"{}"


def main() -> None:
    """Record every story, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("stories", nargs="*")
    args = parser.parse_args()
    stories = parse_toml((GOLDEN / "stories.toml").read_text(encoding="utf-8"), "stories.toml", UsageError)["story"]
    for story in stories:
        if not args.stories or story["name"] in args.stories:
            record(story, args.records)


def record(story: dict[str, Any], records: Path) -> None:
    """Serve one story's repositories, scan its subject, and keep what was read."""
    target = GOLDEN / story["name"] / "hub"
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(exist_ok=True)
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    with StandIn() as hub, tempfile.TemporaryDirectory() as home:
        for repo in story["repos"]:
            serve(hub, repo, records)
        os.environ["LICSCAN_CACHE"] = home
        try:
            with Recorder(open_hub(endpoint=hub.url), target, (story["subject"],), by="make_stories") as recorder:
                scan(story["subject"], hub=recorder)
        except LicscanError as error:
            print(story["name"], error, file=sys.stderr)


def serve(hub: StandIn, repo: dict[str, Any], records: Path) -> None:
    """Put one repository onto the stand-in."""
    if "renamed_to" in repo:
        hub.renamed[repo["id"]] = repo["renamed_to"]
        return
    files: dict[str, bytes] = {}
    if repo.get("record"):
        folder = records / repo["id"]
        files = {name: (folder / name).read_bytes() for name in KEPT if (folder / name).is_file()}
    card = {**front_matter(files.get("README.md", b"")), **repo.get("card", {})}
    if "README.md" not in files and card:
        files["README.md"] = b"---\n" + yaml.safe_dump(card).encode() + b"---\n"
    files |= dict.fromkeys(repo.get("files", ()), EMPTY_SAFETENSORS)
    config = json.loads(files["config.json"]) if "config.json" in files else None
    more: dict[str, Any] = {}
    if config:
        more["config"] = {key: config[key] for key in ("architectures", "model_type") if key in config}
    made = hub.add(
        repo["id"],
        card=card,
        files=files,
        gated=repo.get("gated", False),
        tags=[f"license:{card['license']}"] if isinstance(card.get("license"), str) else [],
        **more,
    )
    if repo.get("no_card"):
        del made.files["README.md"]
        made.info["siblings"] = [{"rfilename": ".gitattributes"}]
        made.info.pop("cardData")


def front_matter(readme: bytes) -> dict[str, Any]:
    """The card's metadata as the Hub would read it."""
    parts = readme.decode("utf-8", "replace").split("---\n")
    parsed = yaml.safe_load(parts[1]) if len(parts) > 2 and not parts[0].strip() else None
    return parsed if isinstance(parsed, dict) else {}


if __name__ == "__main__":
    main()
