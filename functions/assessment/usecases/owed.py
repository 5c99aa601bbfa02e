"""Which of a unit's pupils have no development talk this term, and have been given no plan this school year,
for the principal (process 30), who is reminded while there is time. A talk at the unit counts in whichever
round it is, one to come too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date

from functions.access import guard
from functions.assessment.domain import owed as rules
from functions.assessment.domain.owed import Owed
from functions.assessment.domain.terms import terms_of
from functions.assessment.domain.writers import Place
from functions.assessment.events import MessageDue
from functions.assessment.schemas.common import PageQuery
from functions.assessment.schemas.owed import OwedPage, OwedView
from functions.assessment.store import iup as plans
from functions.assessment.store import talks
from functions.assessment.usecases.rounds import require_lead
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.cursor import seal, unseal
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import AlreadyDone, Once, commit, fetch
from skolkit.types import GroupId, PersonId, UnitId, stable_id


def list_pupils_without_talk(caller: Caller, unit: UnitId, query: PageQuery) -> OwedPage:
    """The pupils without a talk. Six round trips, one more when records have been merged, and one for each
    protected pupil of the page.
    """
    duties, (now, _) = require_lead(caller, unit), terms_of(today())
    page = _page(caller, duties, _without_talk(unit, today()), query, ("talk", unit, now))
    record_read(Trace(caller.person_id, "list_pupils_without_talk", unit))
    return page


def _without_talk(unit: UnitId, day: date) -> list[Owed]:
    """The unit's pupils without a talk in the term of a day. Three round trips."""
    pupils, (now, other) = _pupils(unit), terms_of(day)
    term = _present(talks.talked(unit, now), pupils)
    return rules.without_talk(pupils, term, term | _present(talks.talked(unit, other), pupils))


def remind_principals(day: date) -> None:
    """On the first of May and of December, tell principals how many pupils have no talk yet, so that there is
    time for them. Five round trips a unit, in nights of all others none.
    """
    if (day.month, day.day) not in rules.REMINDED:
        return
    for unit in organisation.units():
        missing = _without_talk(unit.id, day)
        heads = organisation.principals_at(unit.id) if missing else ()
        if heads:
            reminder = MessageDue(
                id=stable_id("talks_missing", unit.id, day.isoformat()), recipients=list(heads),
                template="talks_missing", values={"count": str(len(missing))},
            )  # fmt: skip
            with suppress(AlreadyDone):
                commit(facts=[reminder], once=Once(f"TALKS-MISSING#{unit.id}#{day}"))


def list_pupils_without_plan(caller: Caller, unit: UnitId, query: PageQuery) -> OwedPage:
    """The pupils who are to have a plan and whose home has been given none this school year. Six round trips,
    one more per hundred pupils, and one for each protected pupil of the page.
    """
    duties, pupils = require_lead(caller, unit), _pupils(unit)
    year, all_ = SchoolYear.of(today()), [one.pupil for one in rules.without_plan(pupils, ())]
    also: dict[PersonId, tuple[PersonId, ...]] = fetch(register.wanted_also(all_))[0] if all_ else {}
    given = plans.published({pupil: (pupil, *also.get(pupil, ())) for pupil in all_}, year.start_year)
    page = _page(caller, duties, rules.without_plan(pupils, given), query, ("plan", unit, str(year)))
    record_read(Trace(caller.person_id, "list_pupils_without_plan", unit))
    return page


def _pupils(unit: UnitId) -> dict[PersonId, list[Place]]:
    """The unit's pupils of today. A query per 4,000."""
    found: dict[PersonId, list[Place]] = {}
    for row in register.pupils_now(unit):
        found.setdefault(row.person, []).append(Place(row.school_form, row.year))
    return found


def _present(people: set[PersonId], pupils: Collection[PersonId]) -> set[PersonId]:
    """The same, and of closed records those they proved to be. A batch when there may be some."""
    others = sorted(people.difference(pupils))
    merged: dict[PersonId, PersonId] = fetch(register.wanted_merged(others))[0] if others else {}
    return people | {*merged.values()}


def _page(
    caller: Caller,
    duties: Sequence[guard.Duty],
    missing: Sequence[Owed],
    query: PageQuery,
    about: tuple[str, ...],
) -> OwedPage:
    """The pupils after the last one of the page before, with their names, classes and mentors."""
    bound = ("owed", *about, caller.seal)
    place = unseal(query.cursor, *bound)
    left = [one for one in missing if place is None or _place(one) > place["after"]]
    some = left[: query.limit]
    names: dict[PersonId, PersonName]
    groups: dict[PersonId, tuple[GroupId, ...]]
    pupils = [one.pupil for one in some]
    names, groups = fetch(register.wanted_names(pupils), organisation.wanted_groups_of(pupils, today()))
    ids = list(dict.fromkeys(id for mine in groups.values() for id in mine))
    known: dict[GroupId, organisation.GroupRecord]
    known = fetch(organisation.wanted_groups(ids, today()))[0] if ids else {}
    shown = register.shown_names(
        caller, names, teachers=frozenset(), mentors=frozenset(), duties=duties
    )  # fmt: skip
    data = [
        _view(one, shown[one.pupil], [known[id] for id in groups.get(one.pupil, ()) if id in known])
        for one in some if one.pupil in shown
    ]  # fmt: skip
    after = {"after": _place(some[-1])} if len(left) > len(some) else None
    return OwedPage(data=data, withheld=len(some) - len(data), cursor=seal(after, *bound))


def _place(one: Owed) -> list[object]:
    return [one.form.value, one.year, one.pupil]


def _view(one: Owed, name: PersonName, groups: Sequence[organisation.GroupRecord]) -> OwedView:
    mentors = {mentor for group in groups for mentor in group.mentors}
    return OwedView(
        pupil=one.pupil, given_name=name.given_name, family_name=name.family_name, school_form=one.form,
        year=one.year or None, group=next((group.id for group in groups if group.kind == "klass"), None),
        mentors=sorted(mentors),
    )  # fmt: skip
