"""What is said (process 28): every text in both languages, with the same places."""

from __future__ import annotations

import pytest

from functions.messages.domain.template import Template
from functions.messages.domain.templates import TEMPLATES
from skolkit.errors import Text


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_text_is_there_in_both_languages_with_the_same_places(name: str) -> None:
    template = TEMPLATES[name]
    texts = (template.subject.sv, template.subject.en, template.body.sv, template.body.en)
    assert all(texts)
    places = template.places()
    assert {"sv", "en"} <= set(places)
    assert len(set(map(frozenset, places.values()))) == 1, places


def test_further_languages_and_who_has_none_of_them() -> None:
    template = Template(Text("Hej", "Hello"), Text("{name}!", "{name}!"), more={"fi": ("Hei", "{name}?")})
    assert template.write("fi", {"name": "Vera"}) == ("Hei", "Vera?")
    assert template.write("en", {"name": "Vera"})[0] == "Hello"
    assert template.write("so", {"name": "Vera"})[0] == "Hej"


def test_a_notice_says_name_and_time_and_no_reason() -> None:
    values = {"name": "Vera", "start": "10:00", "end": "10:40"}
    _, text = TEMPLATES["absence"].write("sv", values)
    assert text.startswith("Vera saknades i dag kl. 10:00–10:40")
    _, own = TEMPLATES["absence_own"].write("en", values)
    assert own.startswith("You were missing today 10:00–10:40")
