"""`licscan init`: write a commented `licscan.toml`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from licscan.cli.messages import Exit
from licscan.errors import UsageError

STARTER = """# licscan.toml: what your house decides. Every key is optional; what is commented out shows the form.
# `licscan check SUBJECT` finds this file upward from the working directory.

# A cited, dated policy about control (who stands behind a part, who can stop it): see `licscan list presets`.
preset = "neutral"

[use]                                   # what you mean to do; command line options override it
# purpose = "commercial"                # commercial | noncommercial | research
# distributes = ["weights"]             # weights | hosted-api | outputs | internal
# territories = ["KR", "EU"]            # ISO 3166 codes or EU: where it is used and distributed
# home = "KR"                           # your own country
# monthly-users = 2_000_000             # thresholds are held against these two
# annual-revenue = 5_000_000            # USD
# field = "medical"                     # use policies are read against it
# release-as = "Apache-2.0"             # the licence that the subject is to carry
# release-name = "Acme-7B"              # the name that it goes out under
# at = 2026-01-15                       # the day on which the weights were taken

[fail]
on = "high"                             # critical | high | medium | low | never: what makes `check` exit with 1

[severity]                              # by rule, see `licscan list rules`; "off" sets its findings aside, visibly
# dataset-terms = "high"
# naming-duty-unmet = "low"

[licenses]                              # SPDX ids, licence keys or kinds (`licscan list licenses`)
# allowed = ["permissive", "public-domain", "Apache-2.0"]
# denied = ["non-commercial", "research-only"]
# review = ["commercial-limited"]

[terms]                                 # `term` or `term=value` (`licscan list terms`)
# denied = ["revocability=at_will"]
# review = ["territory-excluded"]

[stance]                                # answers that override the preset's: silent | review | forbidden
# jurisdictions = { XX = "review" }
# exposures = { outside-stop = "forbidden" }
# lists = { us-1260h = "review" }
# laws = { "*" = "review" }
# asks-origin = false
# asks-disclosure = false

# A waiver sets a finding aside; it stays in every report, marked. It needs a rule and a reason. Bind it as tightly as
# you can: to a repository, a commit, the hash of the licence text, a date.
# [[waive]]
# rule = "undeclared-license"
# repo = "acme/*"
# reason = "our own models; the licence is in the contract of 2026-03-01"
# owner = "legal@acme.example"
# until = 2027-06-30
# revision = "0123abcd"
# license-text = "9f86d081884c7d65"

# A correction changes a fact that the repository gets wrong. It is bound to the hash of what it corrects (findings and
# the dossier print it), so that it stops holding when the repository changes its mind.
# [[curate]]
# repo = "acme/base"
# license = "Apache-2.0"
# parents = ["org/model"]
# publisher = "Acme Inc."
# country = "KR"
# corrects = "9f86d081884c7d65"
# reason = "confirmed by their counsel on 2026-02-03"
# owner = "legal@acme.example"
"""


def add_to(verbs: Any) -> None:
    """Add the command to the parser."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        "init", help="write a commented licscan.toml", description=__doc__
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("licscan.toml"), metavar="FILE", help="(default: licscan.toml)"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file; never over one that is there, unless told to."""
    from licscan.cli.options import write

    if args.output.exists() and not args.force:
        raise UsageError(f"{args.output} is there already", "read it, or use --force to replace it")
    write(STARTER, args.output)
    print(f"licscan: wrote {args.output}; every key is explained in it", file=sys.stderr)
    return Exit.OK
