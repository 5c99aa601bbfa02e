"""What is said when somebody is due a message (`<area>.MessageDue.v1`), by name of template.

A text says as little as it can: a given name and when, no reason, no school, no class; who wants to know more
signs in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter

from functions.messages.domain.deliveries import Kind
from skolkit.errors import Text


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body; places in braces are filled from the fact's values, `{name}` is the given name of
    whom it is about. `kind`: what people choose channels for. `more`: subject and body in further languages
    by their codes; who has another language is told in Swedish.
    """

    subject: Text
    body: Text
    kind: Kind = Kind.REMINDER
    more: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def write(self, language: str, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body in a language, or in Swedish where there is no such text."""
        own = self.subject.in_language(language), self.body.in_language(language)
        subject, body = self.more.get(language, own)
        return subject.format(**values), body.format(**values)

    def places(self) -> dict[str, set[str]]:
        """The places of every language's text, by language."""
        texts = {
            "sv": (self.subject.sv, self.body.sv), "en": (self.subject.en, self.body.en), **self.more
        }  # fmt: skip
        return {
            language: {name for text in both for _, name, _, _ in Formatter().parse(text) if name}
            for language, both in texts.items()
        }


EMERGENCY = "emergency"
_ABSENCE = Text("Frånvaro i dag", "Absence today")

TEMPLATES: dict[str, Template] = {
    "absence": Template(
        _ABSENCE,
        Text(
            "{name} saknades i dag kl. {start}–{end} utan anmäld frånvaro. "
            "Anmäl frånvaron i appen eller ring skolan om du har frågor.",
            "{name} was missing today {start}–{end} without notice. "
            "Report the absence in the app, or call the school if you have questions.",
        ),
        Kind.ABSENCE,
    ),
    "absence_own": Template(
        _ABSENCE,
        Text(
            "Du saknades i dag kl. {start}–{end} utan anmäld frånvaro. "
            "Anmäl frånvaron i appen eller ring skolan om du har frågor.",
            "You were missing today {start}–{end} without notice. "
            "Report the absence in the app, or call the school if you have questions.",
        ),
        Kind.ABSENCE,
    ),
    EMERGENCY: Template(
        Text("Viktigt från skolan", "Important from the school"), Text("{text}", "{text}"), Kind.MESSAGE
    ),
    "glass_broken": Template(
        Text("Skyddade uppgifter har öppnats", "Protected details have been opened"),
        Text(
            "Någon har öppnat skyddade kontaktuppgifter för en person vid din enhet. "
            "Logga in och se vem och varför.",
            "Somebody has opened the protected contact details of a person at your unit. "
            "Sign in to see who and why.",
        ),
    ),
}
