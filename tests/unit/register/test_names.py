"""Names as they are listed and looked for, held against a plain definition."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from functions.register.domain.names import BETWEEN, contains, listed, spelt
from functions.register.ss12000 import RESOURCES
from functions.register.store.items import order_texts
from skolkit.table import ORDERED

LETTERS = "abcåäöéÅÄÖÉßİı#- .'\u030a\u0308\u0301\u200b\u00ad\ufb01Ａ \t\x01\U0001f600"
NAMES = st.text(LETTERS, min_size=1, max_size=12)
ANY = st.text(min_size=1, max_size=20)


def plain(names: list[str | None], parts: list[str]) -> bool:
    """Each part is in one of the names, when both are written the same way."""
    return all(any(spelt(part) in spelt(name) for name in names) for part in parts)


@given(st.tuples(NAMES, st.none() | NAMES, NAMES), st.lists(NAMES, min_size=1, max_size=3))
def test_the_text_in_the_list_tells_the_same_as_the_names(
    names: tuple[str, str | None, str], parts: list[str]
) -> None:
    """Before anything is loaded exactly those are kept that would be kept after."""
    sift = RESOURCES["persons"].sift({"nameContains": tuple(parts)})
    assert sift
    texts = order_texts(*names, None)
    found = plain(list(names), parts)
    assert contains(names, parts) == found
    for number in sift.orders:
        assert sift.fits(texts[number - 1]) == found


@given(ANY, st.none() | ANY, ANY)
def test_whoever_is_looked_for_by_any_piece_of_a_name_is_found(a: str, b: str | None, c: str) -> None:
    for name in filter(None, (a, b, c)):
        for end in range(1, len(name) + 1):
            assert contains((a, b, c), [name[:end]]) or not spelt(name[:end]).strip() or _splits(name, end)


def _splits(name: str, end: int) -> bool:
    """Whether a piece ends in the middle of a letter that is written with several signs."""
    return spelt(name[:end]) not in spelt(name)


@given(ANY)
def test_a_name_is_the_same_however_it_is_typed(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert spelt(unicodedata.normalize(form, name)) == spelt(name)
    assert BETWEEN not in spelt(name)
    assert "#" not in spelt(name)
    assert spelt(spelt(name)) == spelt(name)


def test_what_is_cut_off_in_the_list_is_decided_by_the_names() -> None:
    sift = RESOURCES["persons"].sift({"nameContains": ("zzz",)})
    assert sift
    long = listed("a" * 100, "b" * 100, "zzz")[:ORDERED]
    assert sift.fits(long)
    assert not sift.fits(listed("Palle", None, "Girgensohn"))


def test_family_names_sort_before_those_that_go_on() -> None:
    names = [("Ek", "Östen"), ("Ek Berg", "Adam"), ("Ekman", "Adam"), ("Åberg", "Adam")]
    texts = [order_texts(given, None, family, None)[1] for family, given in names]
    assert texts == sorted(texts)
