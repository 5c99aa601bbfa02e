"""Two records that prove to be one person, put together so that it can be taken apart again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from functions.register.domain.enrolment import Enrolment, EnrolmentId, check_enrolments
from functions.register.domain.people import NumberSpan, PersonCard, Responsible
from skolkit.errors import DomainError, Text

_DAY = timedelta(days=1)


class NotMergeable(DomainError):
    """A record is merged with another one that is not merged itself."""

    reason = Text(
        "Posterna är samma post, eller en av dem är redan hopslagen.",
        "The records are the same one, or one of them is merged already.",
    )
    advice = Text("Kontrollera vilka poster som avses.", "Check which records are meant.")


class ProtectionDiffers(DomainError):
    """A merge neither opens what is protected nor protects what is open: somebody decides that."""

    reason = Text(
        "Bara den ena posten har skyddade personuppgifter.", "Only one of the records has protected identity."
    )
    advice = Text(
        "Sätt eller ta bort skyddet på den ena, så att posterna är lika, och slå ihop dem sedan.",
        "Set or remove the protection of one so that both are alike, and merge them then.",
    )


class OpenMatters(DomainError):
    """A transfer or leaving case that waits is decided on the record it is about."""

    reason = Text(
        "Posten som ska stängas har ett skolbyte eller ett avslut som väntar.",
        "A transfer or leaving case of the record that is to be closed waits.",
    )
    advice = Text("Avgör ärendet först.", "Decide it first.")


class PlanOnTheOther(DomainError):
    """A study plan with its decisions stays with the record it was made for."""

    reason = Text(
        "Studieplanen finns på posten som ska stängas.",
        "The study plan is with the record that is to be closed.",
    )
    advice = Text("Behåll den andra posten i stället.", "Keep the other record instead.")


class StillEmployed(DomainError):
    """What somebody may do follows from duties, which belong to the record that signs in."""

    reason = Text(
        "Posten som ska stängas har en tjänst som inte har upphört.",
        "The record that is to be closed has a duty that has not ended.",
    )
    advice = Text(
        "Avsluta tjänsten och registrera den på posten som behålls, eller behåll den andra posten.",
        "End the duty and enter it for the record that is kept, or keep the other record.",
    )


class ChangedSinceMerge(DomainError):
    """What has been changed after the merge cannot be told apart by itself."""

    reason = Text(
        "Posten har ändrats sedan sammanslagningen.", "The record has been changed since it was merged."
    )
    advice = Text(
        "Registrera den andra personen på nytt och rätta båda för hand.",
        "Enter the other person again and correct both by hand.",
    )


@dataclass(frozen=True, slots=True)
class Gain:
    """What the kept record gains from the other one."""

    numbers: tuple[NumberSpan, ...]
    enrolments: tuple[Enrolment, ...]
    responsibles: tuple[Responsible, ...]


def merge(kept: PersonCard, other: PersonCard) -> Gain:
    """What moves over. The kept record's own number, names and birth date stay; the other's number becomes an
    earlier one. Raises `NotMergeable`, `ProtectionDiffers`, and `AlreadyEnrolled` when both go to compulsory
    school.
    """
    if kept.id == other.id or kept.merged_into or other.merged_into:
        raise NotMergeable(field="duplicate", value=other.id)
    if kept.protected != other.protected:
        raise ProtectionDiffers(field="duplicate", value=other.id)
    there = [replace(e, id=EnrolmentId("")) for e in kept.enrolments]
    enrolments = tuple(e for e in other.enrolments if replace(e, id=EnrolmentId("")) not in there)
    check_enrolments([*kept.enrolments, *enrolments], kept.birth_date)
    known = {responsible.person for responsible in kept.responsibles}
    return Gain(
        numbers=_earlier(kept.numbers, other.numbers),
        enrolments=enrolments,
        responsibles=tuple(r for r in other.responsibles if r.person not in known),
    )


def _earlier(own: Sequence[NumberSpan], others: Sequence[NumberSpan]) -> tuple[NumberSpan, ...]:
    """The other record's numbers, each on a day of its own before the kept record's last one."""
    known = {span.number for span in own}
    taken = {span.since for span in own}
    last = own[-1].since if own else None
    found = []
    for span in others:
        since = span.since
        if span.number in known:
            continue
        if last is not None and since >= last:
            since = min(taken) - _DAY
        while since in taken:
            since -= _DAY
        taken.add(since)
        found.append(replace(span, since=since))
    return tuple(found)
