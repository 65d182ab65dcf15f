"""Any field of the Hub's answer may have any type: never a fault of ours, and never a better verdict."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.house import OUTCOMES, Result, build, checked
from tests.standin import StandIn

FIELDS = (
    *("sha", "cardData", "siblings", "gated", "private", "disabled", "createdAt", "lastModified", "author"),
    *("baseModels", "config", "safetensors", "gguf", "library_name", "pipeline_tag", "tags"),
)
VALUES: st.SearchStrategy[object] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["\ud800", "\x1b[31m"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["id", "models", "total", "license", "tags"]), inner, max_size=2),
    ),
    max_leaves=4,
)
PLACES = {"a/subject": "a/subject", "a/text": "n/text", "a/adapter": "n/adapter", "a/duplicate": "a/duplicate"}


@cache
def whole(subject: str) -> Result:
    with StandIn() as hub:
        build(hub)
        return checked(hub, subject)


@pytest.mark.parametrize("subject", PLACES)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(field=st.sampled_from(FIELDS), value=VALUES)
def test_a_field_of_a_wrong_type_never_helps(subject: str, field: str, value: object) -> None:
    with StandIn() as hub:
        build(hub)
        hub.repos[f"models/{PLACES[subject]}"].info[field] = value
        result = checked(hub, subject)
    assert result.code != 0
    assert OUTCOMES[result.outcome] >= OUTCOMES[whole(subject).outcome]
