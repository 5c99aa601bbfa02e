"""What has been answered to a form, for whoever asked and those who lead the unit: numbers, answers, who has
not answered. Nobody whose identity is protected from the reader is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from functions.messages.domain.questions import distributions
from functions.messages.schemas.forms import (
    AnswerPage,
    AnswerRow,
    AnswerShape,
    FormStatistics,
    QuestionCount,
    RowQuery,
    UnansweredPage,
    UnansweredRow,
    ValueCount,
)
from functions.messages.store import forms as store
from functions.messages.store.forms import FormAnswerItem, FormItem
from functions.messages.usecases.asked import Home, page_of
from functions.messages.usecases.forms import homes_in, missing_in, readable
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.identity import Caller
from skolkit.table import commit, fetch
from skolkit.types import GroupId, PersonId


@dataclass(frozen=True, slots=True)
class Row:
    """An answer that holds, by its place in the list; `by_name` is "" when withheld."""

    place: str
    person: PersonId
    name: PersonName
    answer: FormAnswerItem
    by_name: str


@dataclass(frozen=True, slots=True)
class Gap:
    """About whom answers are missing, and how many."""

    person: PersonId
    name: PersonName
    missing: int


def read_form_statistics(caller: Caller, id: str) -> FormStatistics:
    """How a form has been answered: for a class eight round trips; two more per 100 pupils."""
    form = readable(caller, id)
    homes = shown_homes(caller, form)
    record_read(Trace(caller.person_id, "read_form_statistics", id))
    given = [item.given for _, home in homes for item in holding(form, home)]
    missing = sum(len(_awaited(form, home)) for _, home in homes)
    return FormStatistics(
        asked=len(given) + missing, answered=len(given),
        questions=[
            QuestionCount(
                question=one.question, answered=one.answered,
                counts=[ValueCount(value=value, count=count) for value, count in one.counts.items()],
            )
            for one in distributions(form.asks, given)
        ],
    )  # fmt: skip


def list_form_answers(caller: Caller, id: str, query: RowQuery) -> AnswerPage:
    """The answers that hold. Ten round trips for a class. What is sensitive leaves a row in the audit trail
    of everybody it is about.
    """
    form = readable(caller, id)
    page, cursor = page_of(
        rows_of(caller, form), lambda row: row.place, query.limit, query.cursor, "answers", id, caller.seal
    )
    commit(trace=traces_of(caller.person_id, "list_form_answers", form, [row.person for row in page]))
    data = [
        AnswerRow(
            person=row.person, given_name=row.name.given_name, family_name=row.name.family_name,
            by_name=row.by_name, at=row.answer.at,
            answers=[AnswerShape.model_validate(one, by_name=True) for one in row.answer.answers],
        )
        for row in page
    ]  # fmt: skip
    return AnswerPage(data=data, cursor=cursor)


def list_form_unanswered(caller: Caller, id: str, query: RowQuery) -> UnansweredPage:
    """About whom answers are missing. Nine round trips for a class."""
    form = readable(caller, id)
    gaps = [
        Gap(home.subject, name, number)
        for name, home in shown_homes(caller, form) if (number := len(_awaited(form, home)))
    ]  # fmt: skip
    page, cursor = page_of(
        gaps, lambda gap: gap.person, query.limit, query.cursor, "unanswered", id, caller.seal
    )
    record_read(Trace(caller.person_id, "list_form_unanswered", id))
    data = [
        UnansweredRow(
            person=gap.person, given_name=gap.name.given_name, family_name=gap.name.family_name,
            missing=gap.missing,
        )
        for gap in page
    ]  # fmt: skip
    return UnansweredPage(data=data, cursor=cursor)


def rows_of(caller: Caller, form: FormItem) -> list[Row]:
    """The answers that hold of those the reader may see, in order."""
    homes = shown_homes(caller, form)
    found = [(name, home.subject, item) for name, home in homes for item in holding(form, home)]
    (known,) = fetch(register.wanted_names(sorted({PersonId(item.by) for _, _, item in found})))
    return [
        Row(f"{subject}#{item.by}", subject, name, item, _named(known.get(PersonId(item.by))))
        for name, subject, item in sorted(found, key=lambda one: (one[1], one[2].by))
    ]


def shown_homes(caller: Caller, form: FormItem) -> list[tuple[PersonName, Home[FormAnswerItem]]]:
    """Who is asked and what they have answered, without whoever is protected from the reader."""
    homes = homes_in(form, store.answers_of(form.id))
    (names,) = fetch(register.wanted_names([home.subject for home in homes]))
    staff = _staff_of(form)
    duties = () if caller.person in staff else organisation.duties_of(caller.person_id)
    shown = register.shown_names(caller, names, teachers=staff, mentors=staff, duties=duties)
    return [(shown[home.subject], home) for home in homes if home.subject in shown]


def holding(form: FormItem, home: Home[FormAnswerItem]) -> Sequence[FormAnswerItem]:
    """The answers of a home that hold: about a child the last by anybody."""
    if form.respondents == "child":
        return [home.last] if home.last else []
    return list(home.latest.values())


def traces_of(by: PersonId, action: str, form: FormItem, people: Iterable[PersonId]) -> list[Trace]:
    """The rows of the audit trail of a reading: one of the form, of what is sensitive one of each person."""
    about = [Trace(by, action, person, changes=form.id) for person in sorted(set(people))]
    return [Trace(by, action, form.id), *(about if form.sensitive else [])]


def _staff_of(form: FormItem) -> frozenset[PersonId]:
    """Who teaches or mentors all the groups of a form that is for groups alone."""
    audiences = store.audiences_in(form)
    if any(audience.kind != "group" for audience in audiences):
        return frozenset()
    ids = sorted({GroupId(audience.id) for audience in audiences})
    (groups,) = fetch(organisation.wanted_groups(ids, today()), consistent=True)
    each = [group.teachers | group.mentors for group in groups.values()]
    return frozenset.intersection(*each) if each else frozenset()


def _awaited(form: FormItem, home: Home[FormAnswerItem]) -> Sequence[PersonId]:
    """One answer about a child, whoever gives it; else one of each who has not answered."""
    missing = missing_in(form, home)
    return missing[:1] if form.respondents == "child" else missing


def _named(name: PersonName | None) -> str:
    return f"{name.given_name} {name.family_name}" if name and not name.protected else ""
