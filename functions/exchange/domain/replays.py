"""Replays from the bus's archive (process 35): what may be told again, to whom, and when not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

ARCHIVED = timedelta(days=90)  # as long as the bus's archive keeps facts
SETTLED = timedelta(minutes=10)  # what AWS says a fact may take on its way into the archive
BEGUN = timedelta(minutes=1)  # after which what has not begun never will
State = Literal["starting", "running", "cancelling", "completed", "cancelled", "failed", "unknown"]
GOING: frozenset[State] = frozenset({"starting", "running", "cancelling"})


class SpanBackwards(DomainError):
    """A replay goes from one moment to a later one."""

    status = 422
    reason = Text("Tiden slutar innan den börjar.", "The time ends before it begins.")
    advice = Text("Ange from före to.", "Give a from before to.")


class BeyondArchive(DomainError):
    """The archive keeps facts for 90 days."""

    status = 422
    reason = Text("Arkivet har bara händelser från de senaste 90 dagarna.", "The archive goes back 90 days.")
    advice = Text("Välj en senare början.", "Choose a later beginning.")


class NotArchivedYet(DomainError):
    """What is to come cannot be replayed, and what has just been told may not be in the archive yet."""

    status = 422
    reason = Text(
        "De senaste tio minuternas händelser finns kanske inte i arkivet ännu.",
        "Facts of the last ten minutes may not be in the archive yet.",
    )
    advice = Text("Välj ett tidigare slut, eller vänta.", "Choose an earlier end, or wait.")


class UnknownFact(DomainError):
    """The catalogue has no such fact."""

    status = 422
    reason = Text("Det finns ingen sådan händelse.", "There is no such fact.")
    advice = Text("Välj ur katalogen över händelser.", "Choose from the catalogue of events.")


class NobodyListens(DomainError):
    """A replay is for somebody: a fact that nobody hears, or a target that hears none of the facts."""

    status = 422
    reason = Text(
        "Ingen lyssnar på det som valts: {what}.", "Nobody listens to what has been chosen: {what}."
    )
    advice = Text("Se i katalogen vem som lyssnar på vad.", "See in the catalogue who listens to which fact.")


class ReplayGoesOn(DomainError):
    """One replay at a time: two would mix what was told when."""

    reason = Text("En annan omspelning pågår.", "Another replay is going on.")
    advice = Text("Vänta tills den är klar eller avbryt den.", "Wait until it is done, or cancel it.")


class ReplayEnded(DomainError):
    """What has ended cannot be cancelled."""

    reason = Text("Omspelningen är redan slut.", "The replay has ended already.")
    advice = Text("Det finns inget att avbryta.", "There is nothing to cancel.")


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay as it was asked for; `targets` as `area.function`."""

    id: str
    start: datetime
    end: datetime
    types: tuple[str, ...]
    targets: tuple[str, ...]
    facts: tuple[str, ...]
    reason: str
    asked_by: PersonId
    asked_at: datetime
    cancelled_by: PersonId | None = None
    version: int = 0

    def may_begin_yet(self, now: datetime) -> bool:
        """Whether whoever asked for it may be about to begin it."""
        return self.cancelled_by is None and now - self.asked_at < BEGUN


def check_span(start: datetime, end: datetime, now: datetime) -> None:
    """Raises `SpanBackwards`, `BeyondArchive`, `NotArchivedYet`."""
    if start >= end:
        raise SpanBackwards(field="to", value=end.isoformat())
    if start < now - ARCHIVED:
        raise BeyondArchive(field="from", value=start.isoformat())
    if end > now - SETTLED:
        raise NotArchivedYet(field="to", value=end.isoformat())


def listeners(
    heard: Mapping[str, Collection[str]], types: Iterable[str], chosen: Collection[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who is told again (those who listen to some of `types`, of them the chosen) and all they hear. `heard`
    is who listens to each fact there is. Raises `UnknownFact`, `NobodyListens`.
    """
    found: set[str] = set()
    for type in types:
        if type not in heard:
            raise UnknownFact(field="types", value=type)
        hearing = {one for one in heard[type] if chosen is None or one in chosen}
        if not hearing:
            raise NobodyListens(field="types", value=type, what=type)
        found |= hearing
    for one in chosen or ():
        if one not in found:
            raise NobodyListens(field="targets", value=one, what=one)
    facts = {type for type, some in heard.items() if found & set(some)}
    return tuple(sorted(found)), tuple(sorted(facts))
