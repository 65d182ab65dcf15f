"""Print the lowest versions that setup.cfg allows, as constraints for pip; `make lowest` runs the suite on them."""

from __future__ import annotations

import re
import sys
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_NEED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?>=(?P<version>[0-9][0-9A-Za-z.]*)\Z")


def lowest(text: str) -> dict[str, str]:
    """The lowest version of each distribution that the text of a setup.cfg asks for.

    Raises:
        ValueError: a requirement has no lower bound, or two that differ.
    """
    config = ConfigParser()
    config.read_string(text)
    tables = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    found: dict[str, str] = {}
    for line in (line.strip() for table in tables for line in table.splitlines() if line.strip()):
        need = _NEED.match(line)
        if need is None:
            raise ValueError(f"setup.cfg: {line!r} is not of the form name>=version")
        if found.setdefault(need["name"], need["version"]) != need["version"]:
            raise ValueError(f"setup.cfg: {need['name']} has two lower bounds")
    return found


def main() -> None:
    """Write the constraints to standard output."""
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    sys.stdout.writelines(f"{name}=={version}\n" for name, version in sorted(lowest(text).items()))


if __name__ == "__main__":
    main()
