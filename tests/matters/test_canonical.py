"""The fast way to canonical JSON writes the very bytes of the long one."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from bihuan.matters.canonical import LARGEST, canonical

# All of Unicode, so that signs beyond the first plane, control characters and quotes come up in texts and keys.
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | WORDS
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def _nested(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner))


@given(_nested(PLAIN | NUMBERS))
def test_it_writes_the_same_bytes(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(st.dictionaries(st.text(st.characters(max_codepoint=127)), _nested(PLAIN)))
def test_it_writes_the_same_bytes_the_fast_way(value: dict[str, object]) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), "\ud800", {1: "x"}, {"x": b""}])
def test_it_refuses_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(ValueError):
        canonical(value)
