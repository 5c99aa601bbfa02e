"""What the organisation erases when its time is over: duties in their three rows, activities with their
place in the lists of groups and teachers, choice rounds with everybody's wishes.
"""

from __future__ import annotations

from datetime import date

from functions.access import queries as access
from functions.organisation.events import RetentionAnswered, RetentionContinued
from functions.organisation.kept import KEPT
from functions.organisation.store.activities import ActivityItem, erasing
from functions.organisation.store.base import OrganisationItem
from functions.organisation.store.calendars import DecisionItem
from functions.organisation.store.duties import DutyCardItem, ends_of, whole_duty
from functions.organisation.store.electives import RoundItem, choices_of
from functions.organisation.store.retention import OrganisationErasureItem, OrganisationRetentionItem
from functions.organisation.store.rollover import PlanItem, RolloverJob
from functions.organisation.store.stand_ins import SubstitutionItem
from functions.organisation.store.tables import KINDS
from skolkit.retention.shelf import Document, Shelf
from skolkit.types import PersonId

# All but the shelf are read by their kind.
__all__ = ["KINDS", "SHELF", "DecisionItem", "PlanItem", "RolloverJob", "SubstitutionItem"]


def _duty(card: DutyCardItem) -> Document:
    return Document(whole_duty(card), about=str(card.person))


def _activity(card: ActivityItem) -> Document:
    rows, lists = erasing(card)
    return Document(rows, also=tuple(lists))


def _round(round: RoundItem) -> Document:
    """The wishes first: there may be thousands, and as long as the round is there they are found again."""
    return Document((round,), before=tuple(choices_of(round)))


def _tie(event: str, person: PersonId, changed: date) -> date | None:
    """The end of somebody's last duty; the day of the last change for who has had none."""
    if event != "duty end":
        raise ValueError(event)
    ends = ends_of(person)
    return None if None in ends else max((end for end in ends if end), default=changed)


SHELF = Shelf(
    area="organisation",
    kept=KEPT,
    item=OrganisationItem,
    job=OrganisationRetentionItem,
    proof=OrganisationErasureItem,
    continued=RetentionContinued,
    answered=RetentionAnswered,
    lines=access.retention_lines,
    holds=access.holds,
    real=access.deletes,
    tie=_tie,
    whole={"activity": _activity, "duty_card": _duty, "elective_round": _round},
)
