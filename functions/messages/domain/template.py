"""The shape of what is said: subject and body in each language, with places that the fact fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from functions.messages.domain.deliveries import Kind
from skolkit.errors import Text


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body; places in braces are filled from the fact's values, `{name}` is the given name of
    whom it is about, `{link}` the recipient's own link; `{code}` proves a telephone number, so a text with
    one goes by SMS alone. `kind`: what people choose channels for. `more`: subject and body in further
    languages by their codes; who has another language is told in Swedish. `lines` fill the place `{lines}`,
    each when its value is there, in Swedish or English.
    """

    subject: Text
    body: Text
    kind: Kind = Kind.REMINDER
    more: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    lines: Mapping[str, Text] = field(default_factory=dict)

    def write(self, language: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body in a language, or in Swedish where there is no such text."""
        own = self.subject.in_language(language), self.body.in_language(language)
        subject, body = self.more.get(language, own)
        there = (line.in_language(language) for name, line in self.lines.items() if name in values)
        filled = {**values, "lines": "\n".join(there).format(**values)} if self.lines else values
        return subject.format(**filled), body.format(**filled)

    @property
    def has_link(self) -> bool:
        """Whether the text has a link that answers without signing in (`{link}`)."""
        return "{link}" in self.body.sv

    @property
    def has_code(self) -> bool:
        """Whether the text has a code that proves the number it is sent to (`{code}`)."""
        return "{code}" in self.body.sv

    def places(self) -> dict[str, set[str]]:
        """The places of every language's text, by language."""
        texts: dict[str, tuple[str, ...]] = {
            "sv": (self.subject.sv, self.body.sv, *(line.sv for line in self.lines.values())),
            "en": (self.subject.en, self.body.en, *(line.en for line in self.lines.values())),
            **self.more,
        }
        return {
            language: {name for text in both for _, name, _, _ in Formatter().parse(text) if name}
            for language, both in texts.items()
        }
