"""Retention: who holds back what, and what must be said of a run (process 36)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from functions.access.domain.plan import Plan
from skolkit.errors import DomainError, Text

PATIENCE = timedelta(hours=20)  # before a run that has not ended has failed: until the next night


class HoldNeedsOneThing(DomainError):
    """A hold is over a person or over a document type; a unit narrows the latter."""

    status = 422
    reason = Text(
        "Gallringsstoppet ska gälla antingen en person eller en handlingstyp.",
        "A hold is over either a person or a document type.",
    )
    advice = Text(
        "Ange person, eller handlingstyp och eventuellt skolenhet.",
        "Give a person, or a document type and perhaps a unit.",
    )


class UnknownDocumentType(DomainError):
    """The retention plan has no such line."""

    status = 422
    reason = Text("Gallringsplanen har ingen sådan handlingstyp.", "The retention plan has no such type.")
    advice = Text("Välj en handlingstyp ur planen.", "Choose a document type of the plan.")


class HoldLifted(DomainError):
    """A hold is lifted once; after that a new one must be set."""

    reason = Text("Gallringsstoppet är redan hävt.", "The hold has been lifted already.")
    advice = Text("Besluta om ett nytt om det behövs.", "Set a new one if it is needed.")


class RunNotDone(DomainError):
    """Some areas have not answered yet, or never will."""

    reason = Text("Körningen är inte klar.", "The run is not done.")
    advice = Text("Vänta tills läget är klart och försök igen.", "Wait until its state is done.")


def check_hold(plan: Plan, person: str | None, document: str | None, unit: str | None) -> None:
    """Raises `HoldNeedsOneThing`, `UnknownDocumentType`."""
    if (person is None) == (document is None) or (person is not None and unit is not None):
        raise HoldNeedsOneThing(field="person" if person else "document")
    if document is not None and document not in plan.types:
        raise UnknownDocumentType(field="document", value=document)


def lines_of(plan: Plan, counts: Mapping[str, Iterable[Mapping[str, object]]]) -> list[dict[str, object]]:
    """What a run says of every document type that had anything due: the plan's line, and the counts of the
    area that keeps it.
    """
    lines = []
    for area, rows in sorted(counts.items()):
        for row in rows:
            kind = plan.types[str(row["document"])]
            lines.append({
                **row, "area": area, "name": {"sv": kind.name.sv, "en": kind.name.en}, "action": kind.action,
                "period": {"sv": kind.period.sv, "en": kind.period.en}, "basis": kind.basis,
                "certain": kind.certain,
            })  # fmt: skip
    return lines
