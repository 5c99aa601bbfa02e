"""Telling everybody around a unit at once that something has happened (process 28): by every way there is,
whatever the hour and whatever they prefer.

The families of pupils with protected identity, and others who have it, are called instead (rules §4.6): a
message from a school tells whoever reads it where a child goes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from functions.messages.domain.deliveries import Delivery, State
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

Audience = Literal["guardians", "staff", "both"]
CHUNK = 90  # recipients of one fact
MOST = 90 * CHUNK  # the chunks' facts and the emergency are one transaction
REACHED = frozenset({State.ACCEPTED, State.CONFIRMED})
OPEN = frozenset({State.CLAIMED, State.HELD, State.WAITING})


class NobodyToReach(DomainError):
    """There is nobody of the audience at the unit today."""

    reason = Text("Det finns ingen att nå på enheten.", "There is nobody to reach at the unit.")
    advice = Text("Välj en annan målgrupp eller enhet.", "Choose another audience or unit.")


class RecipientsChanged(DomainError):
    """The sender has confirmed another number of recipients than there are."""

    reason = Text(
        "Antalet mottagare är {now}, inte det som bekräftats.",
        "There are {now} recipients, not as confirmed.",
    )
    advice = Text("Granska på nytt och bekräfta antalet.", "Preview again and confirm the number.")


class TooManyRecipients(DomainError):
    """More people than can be told in one go."""

    reason = Text("Det är för många mottagare: {now}.", "There are too many recipients: {now}.")
    advice = Text(
        "Skicka till personal och vårdnadshavare var för sig.", "Send to staff and guardians apart."
    )


@dataclass(frozen=True, slots=True)
class Emergency:
    """What is said, to whom and by whom; `recipients` are sent to, `calls` are to be called."""

    id: str
    unit: UnitId
    audience: Audience
    texts: Mapping[str, str]
    asked_by: PersonId
    at: datetime
    recipients: int
    calls: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class Around:
    """Whom an emergency is for: those to send to, and those to call instead."""

    recipients: tuple[PersonId, ...]
    calls: tuple[PersonId, ...]

    @property
    def chunks(self) -> list[tuple[list[PersonId], list[PersonId]]]:
        """Recipients and calls in parts of at most `CHUNK` people."""
        people = [*((one, False) for one in self.recipients), *((one, True) for one in self.calls)]
        parts = [people[start : start + CHUNK] for start in range(0, len(people), CHUNK)]
        return [([p for p, call in part if not call], [p for p, call in part if call]) for part in parts]


def confirmed(around: Around, number: int) -> None:
    """The sender knows how many it goes to. Raises `NobodyToReach`, `RecipientsChanged`,
    `TooManyRecipients`.
    """
    now = len(around.recipients)
    if not around.recipients and not around.calls:
        raise NobodyToReach
    if now != number:
        raise RecipientsChanged(field="recipients", value=number, now=now)
    if now + len(around.calls) > MOST:
        raise TooManyRecipients(field="audience", now=now)


def gather(
    homes: Mapping[PersonId, Collection[PersonId]],
    staff: Collection[PersonId],
    protected: Collection[PersonId],
) -> Around:
    """Whom to send to and whom to call. `homes`: for each pupil those who are told (guardians, or the pupil
    of age); somebody of a protected pupil's home is called, also about another child.
    """
    hidden = set(protected)
    shielded = {one for pupil, home in homes.items() if pupil in hidden for one in home}
    everyone = {*staff, *(one for home in homes.values() for one in home)}
    calls = everyone & (shielded | hidden)
    return Around(tuple(sorted(everyone - calls)), tuple(sorted(calls)))


def outcome(deliveries: Sequence[Delivery]) -> Literal["told", "open", "unreached"]:
    """What became of one recipient: told when any way has taken the message, open while one may still."""
    states = {delivery.state for delivery in deliveries}
    if states & REACHED:
        return "told"
    return "open" if states & OPEN else "unreached"
