"""Equal large files in two repositories of a scan."""

from __future__ import annotations

from dataclasses import replace

from licscan.core.artifact import Artifact, FileEntry, NodeKind, Source
from licscan.core.evidence import Confidence, Gap
from licscan.core.ids import RepoId
from licscan.core.lineage import Relation
from licscan.lineage.equal_hashes import equal_files
from licscan.sources.catalog import Catalog
from licscan.sources.protocol import RepoInfo

BIG = 5_000_000


def repo(id: str, created: str | None, *files: tuple[str, str, int]) -> Artifact:
    entries = tuple(FileEntry(path, size, sha256=digest) for path, digest, size in files)
    return Artifact(id=id, kind=NodeKind.MODEL, created=created, files=entries)


def test_a_copy_is_a_certain_link_to_the_older() -> None:
    original = repo("a/original", "2024-01-01T00:00:00Z", ("model.safetensors", "aa", BIG))
    copy = repo("z/copy", "2024-06-01T00:00:00Z", ("renamed.safetensors", "AA", BIG))
    for order in ((original, copy), (copy, original)):
        (link,) = equal_files(order)
        assert (link.child, link.parent) == ("z/copy", "a/original")
        assert (link.relation, link.confidence, link.declared) == (Relation.CONVERTED, Confidence.CERTAIN, False)
        assert "model.safetensors of a/original" in link.evidence[0].says
        assert "dates" not in link.evidence[0].says


def test_without_dates_the_evidence_says_so() -> None:
    (link,) = equal_files([repo("a/x", None, ("m.gguf", "aa", BIG)), repo("b/y", "2024-01-01", ("m.gguf", "aa", BIG))])
    assert (link.child, link.parent) == ("a/x", "b/y")
    assert "the dates do not say" in link.evidence[0].says


def test_what_unrelated_models_share_is_no_evidence() -> None:
    def both(path: str, size: int = BIG) -> tuple[Artifact, Artifact]:
        return repo("a/x", "2024", (path, "aa", size)), repo("b/y", "2025", (path, "aa", size))

    for path in (
        "tokenizer.json",
        "tokenizer.model",
        "vocab.bin",
        "spiece.model",
        "training_args.bin",
        "README.md",
        "image.png",
    ):
        assert not equal_files(both(path)), path
    assert not equal_files(both("model.safetensors", 900_000))
    assert not equal_files([repo("a/x", "2024", ("m.bin", "aa", BIG)), repo("b/y", "2025", ("m.bin", "bb", BIG))])


def test_xet_hashes_count_where_there_is_no_other() -> None:
    one = Artifact("a/x", NodeKind.MODEL, created="2024", files=(FileEntry("m.bin", BIG, xet="ff"),))
    other = Artifact("b/y", NodeKind.MODEL, created="2025", files=(FileEntry("n.bin", BIG, xet="ff"),))
    assert len(equal_files([one, other])) == 1
    assert not equal_files([one, Artifact("c/z", NodeKind.MODEL, files=(FileEntry("n.bin", BIG),))])


def test_an_equal_part_is_a_component_with_its_role() -> None:
    base = repo("a/base", "2023", ("vae/model.safetensors", "aa", BIG), ("unet/model.safetensors", "bb", 9 * BIG))
    tune = repo("b/tune", "2024", ("vae/model.safetensors", "aa", BIG), ("unet/model.safetensors", "cc", 9 * BIG))
    (link,) = equal_files([base, tune])
    assert (link.relation, link.component) == (Relation.COMPONENT, "vae")


def test_many_copies_lead_to_the_oldest() -> None:
    copies = [repo(f"c/copy{index}", f"2024-01-{index:02}", ("m.bin", "aa", BIG)) for index in range(1, 20)]
    links = equal_files([repo("a/first", "2023-01-01", ("m.bin", "aa", BIG)), *copies])
    assert {link.parent for link in links} == {"a/first"}
    assert len(links) == 19


def test_a_catalogue_entry_with_hashes_is_a_listing() -> None:
    seen = FileEntry("m.safetensors", BIG, sha256="a" * 64)
    info = RepoInfo(RepoId.parse("a/x"), RepoId.parse("a/x"), Source.CATALOG, files=(FileEntry("README.md"), seen))
    assert Catalog().listing(info) == info.files
    assert isinstance(Catalog().listing(replace(info, files=(FileEntry("README.md"),))), Gap)
