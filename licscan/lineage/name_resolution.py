"""Turns names as people publish them into repositories, where that can be done with care."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from licscan.core.evidence import Confidence
from licscan.core.ids import RepoId, RepoKind
from licscan.knowledge.families import LineageBook, squeezed

_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|<[^<>]*>|\$\{|\[more information|\[optional\]|\.\.\.", re.IGNORECASE)
_MARKDOWN = re.compile(r"\[([^\]]*)\]\(([^)]*)\)\Z")
_ADDRESS = re.compile(r"(?:https?|hf|git\+https|ollama|oci)://", re.IGNORECASE)
_LOCAL = re.compile(r"\A(?:/|\.{1,2}[/\\]|~|[A-Za-z]:[/\\]|file:|\\\\|gs://|s3://)|\\")
_HASH = re.compile(r"[0-9a-f]{7,64}\Z")
_CACHED = re.compile(r"(?:models|datasets)--([\w.\-]+?)--([\w.\-]+)")
_STEP = re.compile(r"(?:checkpoint|step|epoch|global_step|ckpt|iter|run|version|v)?[-_]?\d+\Z", re.IGNORECASE)
_SEPARATOR = re.compile(r"[-_.]")
_SIZE = re.compile(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)\s?[bB](?![A-Za-z0-9])")
_OWNER = re.compile(r"([A-Za-z][A-Za-z0-9\-]{2,30})_([A-Za-z][\w.\-]*)\Z")


@dataclass(frozen=True, slots=True)
class Named:
    """What a published name stands for."""

    repo: RepoId | None = None
    revision: str | None = None
    confidence: Confidence = Confidence.CERTAIN
    """How sure the reading of the name is, whatever was said with it."""
    candidates: tuple[str, ...] = ()
    """For a name that is no repository: what it may be."""
    empty: bool = False
    """The value names nothing: a template, a placeholder."""
    note: str = ""
    """How the name was read, where it was not taken as it stands."""


class _Roles:
    """The families that are only ever parts of others, by word and by repository; the first in the table counts."""

    def __init__(self, book: LineageBook) -> None:
        self.words: dict[str, tuple[int, str]] = {}
        self.releases: dict[str, tuple[int, str]] = {}
        for place, family in enumerate(book.families):
            if family.part_only:
                self.words.setdefault(squeezed(family.name), (place, family.role))
                for release in family.releases:
                    if not release.part:
                        self.releases.setdefault(release.repo.lower(), (place, family.role))
        self.beginnings = tuple(word for word in self.words if len(word) > 4)


@dataclass(frozen=True, slots=True)
class Names:
    """Reads names by the tables of `knowledge.lineage`."""

    book: LineageBook
    _roles: _Roles = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_roles", _Roles(self.book))

    def read(self, text: str, kind: RepoKind = RepoKind.MODEL) -> Named:
        """What a name stands for: a repository, something outside with candidates, or nothing."""
        if (plain := self._at_once(text, kind)) is not None:
            return Named(plain)
        value = text.strip().strip("\"'`").strip()
        if link := _MARKDOWN.match(value):
            value = link[2].strip() if _ADDRESS.match(link[2].strip()) else link[1].strip("`*_ ")
        if not value or value.lower() in self.book.no_models or _TEMPLATE.search(value):
            return Named(empty=True)
        if address := self._address(value, kind):
            return address
        if _LOCAL.search(value):
            return self._path(value)
        if kind is RepoKind.DATASET:
            repo = RepoId.try_parse(value.removeprefix("datasets/").split("@", 1)[0], kind)
            return Named(repo)
        return self._plain(value)

    def _at_once(self, text: str, kind: RepoKind) -> RepoId | None:
        """The repository of a plain `owner/name`, which nearly all names are."""
        repo = RepoId.try_parse(text, kind) if text.count("/") == 1 else None
        if repo is None or repo.org.lower() in self.book.not_owners or repo.org.lower() in self.book.hosts:
            return None
        return None if text.lower() in self.book.no_models else repo

    def release(self, text: str) -> RepoId | None:
        """The one well-known release with exactly this bare name; None where there is none or several."""
        found = self.book.releases.get(squeezed(text), ())
        return RepoId.try_parse(found[0]) if len(found) == 1 else None

    def series(self, text: str) -> tuple[str, ...]:
        """The releases of a series that is named without size or purpose (`Qwen2.5`): their plain base models."""
        head = squeezed(text)
        if not re.search(r"\d", head) or len(head) < 4:
            return ()
        rest = re.compile(re.escape(head) + r"\d+b(?:base|pt|hf|v\d+)?\Z")
        found = {repo for name, repos in self.book.releases.items() if rest.match(name) for repo in repos}
        return tuple(sorted(found))[:12] if len(found) > 1 else ()

    def part_role(self, repo: RepoId) -> str:
        """The role that a repository plays by its name inside a composite: an encoder, a codec; empty for others."""
        roles = self._roles
        found = [roles.words[token] for token in _SEPARATOR.split(repo.name.lower()) if token in roles.words]
        if repo.path.lower() in roles.releases:
            found.append(roles.releases[repo.path.lower()])
        name = squeezed(repo.name)
        if name.startswith(roles.beginnings):
            found += [roles.words[word] for word in roles.beginnings if name.startswith(word)]
        return min(found)[1] if found else ""

    def owner_and_name(self, text: str) -> RepoId | None:
        """`Qwen-Qwen1.5-7B-1720591598`: a well-known owner, its release, and perhaps a time stamp."""
        bare = re.sub(r"[-_]\d{9,}\Z", "", text)
        for end in range(1, 4):
            parts = re.split(r"([-_])", bare)
            owner, name = "".join(parts[: 2 * end - 1]), "".join(parts[2 * end :])
            if owner.lower() in self.book.orgs and name:
                found = self.book.releases.get(squeezed(name), ()) or self.beginning(name)
                match = next((repo for repo in found if repo.split("/", 1)[0].lower() == owner.lower()), None)
                if match:
                    return RepoId.try_parse(match)
        return None

    def same(self, one: RepoId, other: RepoId) -> bool:
        """Whether two names are one repository as far as is known: case, renames."""
        return self.current(one) == self.current(other)

    def alternatives(self, repo: RepoId) -> tuple[RepoId, ...]:
        """Other names under which a repository may be known: after or before a rename."""
        now = self.current(repo)
        found = {}
        for old, new in self.book.renamed.items():
            if now == new.lower():
                found[old] = RepoId.try_parse(old)
                found[new] = RepoId.try_parse(new)
        for old_org, new_org in self.book.organisations.items():
            if repo.org.lower() == old_org:
                found[new_org] = RepoId.try_parse(f"{new_org}/{repo.name}")
            elif repo.org.lower() == new_org.lower():
                found[old_org] = RepoId.try_parse(f"{old_org}/{repo.name}")
        return tuple(one for one in found.values() if one is not None and one.path.lower() != repo.path.lower())

    def bare(self, name: str) -> tuple[str, str]:
        """A repository's name without what re-packagers add, and the relation that the addition means."""
        rest, relation = re.sub(r"\Aquanti[sz]ed[-_]", "", name, flags=re.IGNORECASE), ""
        relation = "quantized" if rest != name else ""
        for _ in range(6):
            flat = re.sub(r"[\s_.]+", "-", rest.lower())
            suffix = next((one for one in self.book.suffixes if flat.endswith(f"-{one[0]}")), None)
            if suffix and len(rest) > len(suffix[0]) + 2:
                rest, relation = rest[: -len(suffix[0]) - 1], relation if relation == "quantized" else suffix[1]
            elif relation == "quantized" and (ending := self.book.endings.search(rest)) and ending.start() > 2:
                rest = rest[: ending.start()]
            else:
                break
        return rest, relation

    def current(self, repo: RepoId) -> str:
        """The name of a repository after all renames that are known, in lower case: equal for equal repositories."""
        name = repo.path.lower()
        if not repo.org:
            name = self.book.legacy.get(name, name).lower()
        name = self.book.renamed.get(name, name).lower()
        org, slash, rest = name.partition("/")
        return f"{self.book.organisations.get(org, org).lower()}{slash}{rest}"

    def _address(self, value: str, kind: RepoKind) -> Named | None:
        """A repository by its address; other addresses are outside."""
        host, _, path = re.sub(r"\A(?:git\+)?https?://", "", value, flags=re.IGNORECASE).partition("/")
        if value.lower().startswith("hf://"):
            path = value[5:]
        elif host.lower() not in self.book.hosts:
            return Named(note="an address outside the Hub") if _ADDRESS.match(value) else None
        parts = [part for part in re.split(r"[?#]", path, maxsplit=1)[0].split("/") if part]
        if parts and parts[0] == "datasets":
            kind, parts = RepoKind.DATASET, parts[1:]
        elif parts and parts[0] in ("models", "api") and len(parts) > 2:
            parts = parts[2 if parts[0] == "api" else 1 :]
        if not parts or (kind is RepoKind.MODEL and parts[0] in self.book.not_owners):
            return Named(note="an address that is no repository")
        revision = parts[3] if len(parts) > 3 and parts[2] in ("tree", "blob", "resolve", "raw", "commit") else None
        if len(parts) == 1 and kind is RepoKind.MODEL:
            return self._legacy(parts[0]) or Named(note="an address that is no repository")
        name, _, pinned = "/".join(parts[:2]).partition("@")
        repo = RepoId.try_parse(name.split(":", 1)[0].removesuffix(".git"), kind)
        return Named(repo, pinned or (revision if revision != "main" else None), note="read from an address")

    def _plain(self, value: str) -> Named:
        name, _, revision = value.partition("@")
        if legacy := self._legacy(name):
            return legacy if not revision else Named(legacy.repo, revision, note=legacy.note)
        if "/" not in name:
            return self._word(value)
        repo = RepoId.try_parse(name)
        if repo is not None:
            return Named(repo, revision or None)
        if ":" in name:
            return self._tagged(name)
        if name.count("/") > 1:
            return self._path(value)
        spaced = RepoId.try_parse("/".join(part.strip() for part in name.split("/")))
        return Named(spaced, revision or None, Confidence.LIKELY, note="blanks dropped") if spaced else Named()

    def _legacy(self, name: str) -> Named | None:
        found = self.book.legacy.get(name.lower())
        return Named(RepoId.try_parse(found), note=f"{name} is {found} now") if found else None

    def _word(self, value: str) -> Named:
        """A bare name: no repository, but perhaps a well-known release or a name of ollama's."""
        head = value.split(":", 1)[0]
        candidates = self.book.releases.get(squeezed(value), ()) or self.book.ollama.get(head.lower(), ())
        if len(candidates) == 1 and ":" not in value:
            repo = RepoId.try_parse(candidates[0])
            return Named(repo, confidence=Confidence.LIKELY, note=f"the bare name of {candidates[0]}")
        loose = self.book.aliases.get(squeezed(value))
        return Named(candidates=candidates or ((loose,) if loose else self.beginning(value)))

    def _tagged(self, value: str) -> Named:
        """`org/model:tag`, as ollama and llama.cpp write it."""
        name, _, tag = value.partition(":")
        repo = RepoId.try_parse(name)
        if repo is not None and repo.org.lower() in self.book.orgs:
            return Named(repo, confidence=Confidence.LIKELY, note=f"the tag {tag} is left out")
        last = name.rsplit("/", 1)[-1]
        return Named(candidates=self.book.releases.get(squeezed(last), ()) or self.book.ollama.get(last.lower(), ()))

    def _path(self, value: str) -> Named:
        """A path on somebody's machine: its end may still spell a repository."""
        parts = [part for part in re.split(r"[/\\]+", value) if part not in ("", ".", "..", "~")]
        if cached := next((found for part in parts if (found := _CACHED.search(part))), None):
            snapshot = parts[-1] if _HASH.match(parts[-1]) and len(parts[-1]) == 40 else None
            repo = RepoId.try_parse(f"{cached[1]}/{cached[2]}")
            return Named(repo, snapshot, Confidence.LIKELY, note="the Hub's cache folder names it")
        while parts and (parts[-1].lower() in self.book.generic or _STEP.match(parts[-1]) or _HASH.match(parts[-1])):
            parts.pop()
        if not parts:
            return Named(note="a path that names no model")
        last = parts[-1]
        owner = parts[-2] if len(parts) > 1 else ""
        if owner.lower() in self.book.orgs and (repo := RepoId.try_parse(f"{owner}/{last}")):
            return Named(repo, confidence=Confidence.LIKELY, note="the end of the path names it")
        if legacy := self._legacy(last):
            return Named(legacy.repo, confidence=Confidence.LIKELY, note="the end of the path names it")
        if (known := self.release(last)) is not None:
            return Named(known, confidence=Confidence.LIKELY, note="the end of the path is its bare name")
        if (written := self._owner_name(last)) is not None:
            return Named(written, confidence=Confidence.POSSIBLE, note="the folder is called owner_name")
        return Named(candidates=self.beginning(last), note="a path on another machine")

    def _owner_name(self, folder: str) -> RepoId | None:
        """`Undi95_Some-Model-70B`: tools that keep models in folders turn the slash into the first underscore."""
        found = _OWNER.match(folder)
        if not found:
            return None
        owner, name = found[1], found[2]
        known = owner.lower() in self.book.orgs
        if not known and (
            owner.lower() in self.book.generic or not _SIZE.search(name.replace("-", " ").replace("_", " "))
        ):
            return None
        if not known and (
            squeezed(owner) in self.book.releases or any(word in owner.lower() for word in self.book.series)
        ):
            return None
        return RepoId.try_parse(f"{owner}/{name}")

    def beginning(self, text: str) -> tuple[str, ...]:
        """Releases whose whole name stands at the beginning of a longer one (`internvl2_1b_my_finetune`)."""
        parts = re.split(r"[\s\-_.]+", text.lower())
        for end in range(len(parts), 1, -1):
            found = self.book.releases.get("".join(parts[:end]))
            if found and end > 1:
                return found
        return ()


def sizes_of(name: str) -> frozenset[float]:
    """The parameter counts that a name spells, in billions (`8B`, `0.5b`)."""
    return frozenset(float(found[1]) for found in _SIZE.finditer(re.sub(r"[_\-/]", " ", name)))
