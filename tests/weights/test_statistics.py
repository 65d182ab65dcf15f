"""The exactness of the p-values, and the store of sketches."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

pytest.importorskip("scipy")
pytest.importorskip("ml_dtypes")

import numpy as np

from licscan.errors import SourceError
from licscan.weights.fingerprints import fingerprint_of, load, written
from licscan.weights.links import evidence_links
from licscan.weights.statistics.assignment import assign
from licscan.weights.statistics.fixed_point import Match, log10_p, log10_sum, log10_tail, match_rows
from licscan.weights.store import Store
from licscan.weights.tokenizers import Vocabulary, likeness_of
from tests.weights import zoo
from tests.weights.stand import ShelfHub


def test_the_tail_is_exact_and_below_the_bound() -> None:
    assert 10 ** log10_tail(32, 4) == pytest.approx(0.018988, abs=1e-5)
    for fixed in range(1, 33):
        assert log10_tail(32, fixed) <= -math.lgamma(fixed + 1) / math.log(10) + 1e-9
    assert log10_sum(27, 8) <= -6
    assert log10_sum(33, 8) <= -9
    assert log10_sum(42, 8) <= -15
    assert log10_p([Match(32, 32)] * 6) == pytest.approx(-208.2, abs=0.05)


def test_the_empirical_size_stays_at_the_nominal_level() -> None:
    dice = np.random.default_rng(0)
    counts = np.zeros(33)
    for _ in range(3000):
        x, y = dice.normal(size=(2, 32, 40))
        found = match_rows(x, y)
        assert isinstance(found, Match)
        counts[found.fixed] += 1
    for fixed in (1, 2, 3, 4, 5):
        nominal = 10 ** log10_tail(32, fixed)
        assert counts[fixed:].sum() / 3000 <= nominal + 4 * math.sqrt(nominal / 3000)


def test_ties_do_not_favour_the_identity() -> None:
    steps = np.random.default_rng(1).integers(0, 2, size=(32, 32)).astype(float)
    noise = np.random.default_rng(2)
    fixed = 0
    for _ in range(200):
        found = match_rows(steps, np.sign(noise.normal(size=(32, 32))) * 1.0)
        assert isinstance(found, Match)
        fixed += found.fixed
    assert fixed / 200 < 1.3


def test_rows_that_say_nothing_are_left_out() -> None:
    x = np.random.default_rng(3).normal(size=(32, 64))
    x[:8] = 0
    x[8:10] = x[10]
    x[11] = np.nan
    found = match_rows(x, x)
    assert found == Match(20, 20)
    assert isinstance(match_rows(np.ones((32, 64)), np.ones((32, 64))), str)
    assert isinstance(match_rows(x[:, :8], x[:, :8]), str)


def test_fingerprints_find_the_child_and_only_it(tmp_path: Path) -> None:
    base = zoo.model(1)
    repos = {f"o/m{seed}": zoo.repo(zoo.model(seed)) for seed in range(1, 8)}
    hub = ShelfHub({**repos, "c/child": zoo.repo(zoo.tuned(base, 9, 0.3))})
    whole = [one for name in repos for one in fingerprint_of(hub.info(name), hub, "test")[0]]
    path = tmp_path / "all.safetensors"
    path.write_bytes(written(whole))
    assert path.read_bytes() == written(load(path))
    store = Store(load(path))
    for one in fingerprint_of(hub.info("c/child"), hub, "test")[0]:
        assert [hit.entry.id for hit in store.search(one)] == ["o/m1"]
    found = evidence_links(hub.info("c/child"), hub, stores=[path])
    assert {one.reference for one in found.found} == {"o/m1"}
    assert not found.links  # sketches of small matrices raise a question, not a link
    assert found.questions


def test_a_changed_fingerprint_is_refused(tmp_path: Path) -> None:
    hub = ShelfHub({"o/m": zoo.repo(zoo.model(1))})
    raw = bytearray(written(fingerprint_of(hub.info("o/m"), hub, "test")[0]))
    raw[-1] ^= 1
    path = tmp_path / "bad.safetensors"
    path.write_bytes(bytes(raw))
    with pytest.raises(SourceError, match="were changed"):
        load(path)


def test_links_are_certain_undeclared_and_never_to_a_younger_model() -> None:
    base = zoo.model(1)
    hub = ShelfHub({"c/child": zoo.repo(dict(base)), "o/base": zoo.repo(base)})
    found = evidence_links(hub.info("c/child"), hub, [(hub.info("o/base"), hub)])
    assert [(one.child, one.parent, one.declared, one.confidence.value) for one in found.links] == [
        ("c/child", "o/base", False, "certain")
    ]
    hub.created = {"c/child": "2025-01-01", "o/base": "2026-01-01"}
    assert not evidence_links(hub.info("c/child"), hub, [(hub.info("o/base"), hub)]).links


def test_tokenizers_by_ids_and_leading_merges() -> None:
    one = Vocabulary({f"t{n}": n for n in range(1000)}, tuple(f"a {n}" for n in range(100)))
    other = Vocabulary({f"t{n}": 999 - n for n in range(0, 1000, 2)}, tuple(f"b {n}" for n in range(100)))
    assert likeness_of(one, one).verdict == "derived"
    assert likeness_of(one, other).verdict == "independent"
    assert likeness_of(one, Vocabulary(other.tokens, one.merges)).verdict == "derived"


def test_the_assignment_finds_a_hidden_permutation() -> None:
    dice = np.random.default_rng(7)
    order = dice.permutation(64)
    similarity = np.eye(64)[order] + dice.normal(scale=0.01, size=(64, 64))
    assert list(assign(similarity)) == list(order)
