"""One line of the retention plan: what a document type is, and when it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from skolkit.errors import Text

Action = Literal["archive", "delete", "keep", "expire"]

Event = Literal[
    "document date",
    "case closed",
    "school year end",
    "education end",
    "of age",
    "duty end",
    "asked",
    "record gone",
    "none",
]


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One line. `months` after `event` the `action` is due (None: never): `delete`, `archive` (packed for the
    municipality's archive, and deleted here), `keep` for good (bevaras), or `expire` (the database removes it
    by itself).

    `certain` tells a period that follows from law from one that the municipality decides.
    """

    id: str
    name: Text
    purpose: Text
    data: Text
    source: Text
    recipients: Text
    event: Event
    months: int | None
    action: Action
    basis: str
    certain: bool = False

    @property
    def period(self) -> Text:
        """The period in words."""
        if self.action == "keep" or self.months is None:
            return Text("Bevaras (gallras inte)", "Kept for good")
        if self.months == 0:
            return Text(f"Genast när {EVENTS[self.event].sv}", f"At once when {EVENTS[self.event].en}")
        return Text(f"{self.months} månader efter: {EVENTS[self.event].sv}",
                    f"{self.months} months after: {EVENTS[self.event].en}")  # fmt: skip


EVENTS: Mapping[Event, Text] = {
    "case closed": Text("ärendets avslut", "the closing of the case"),
    "document date": Text("handlingens datum", "the date of the document"),
    "school year end": Text("läsårets slut", "the end of the school year"),
    "education end": Text("avslutad utbildning", "the end of the education"),
    "of age": Text("barnet fyller 18", "the child comes of age"),
    "duty end": Text("tjänstens slut", "the end of the duty"),
    "asked": Text("begäran", "the request"),
    "record gone": Text("personens post tas bort eller skyddas", "the record is removed or protected"),
    "none": Text("–", "–"),
}
