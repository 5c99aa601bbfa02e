"""Telling homes, and systems that follow what changes (SS 12000), that grades are there. The grades
themselves are seen at the moment on the period, whether anybody has been told or not.

Every minute those periods are taken whose moment has come; a queue then divides each into parts of pupils,
and another message of it has a part's homes told.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from functions.grades.domain import publications as rules
from functions.grades.events import HomesDue, MessageDue, PublicationDue
from functions.grades.store import catalogue, periods, publications
from functions.register import queries as register
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile
from skolkit.table import LIMIT, AlreadyDone, Once, chunks, commit, done_before, fetch
from skolkit.types import PersonId, stable_id

PERIODS = 40  # in one transaction, each with a removal and a fact
TOLD = 100  # people in one message
PARTS = 90  # facts in one transaction


def ask_publications() -> None:
    """Hand over the periods whose moment has come. A query, and a transaction per 40 of them."""
    for some in chunks(publications.due(now()), PERIODS):
        facts = [PublicationDue(period=due.period, unit=due.unit, at=due.at) for due in some]
        with suppress(ChangedMeanwhile):  # another turn was first: what is left is read in a minute
            commit(*(due.done for due in some), facts=facts)


def divide_publication(due: PublicationDue) -> None:
    """Divide a period's pupils who have a decision into parts. Two round trips and one per megabyte of
    sheets; a period that is not published after all is left alone.
    """
    period = periods.find_period(due.period)
    if period is None or not period.shown(now()):
        return
    pupils = rules.graded(periods.sheets_of(due.period).values())
    parts = [HomesDue(period=due.period, at=due.at, pupils=some) for some in chunks(pupils, rules.PART)]
    for number, some in enumerate(chunks(parts, PARTS)):
        with suppress(AlreadyDone):
            commit(facts=some, once=Once(f"GRADES-PARTS#{due.period}#{number}"))


def tell_homes(due: HomesDue) -> None:
    """Have systems see some pupils' grades as new, and the pupils' homes told unless it is late, each once
    for the same moment. Five round trips, one per pupil and per 100 grades, and one per 100 people.
    """
    first = due.pupils[0] if due.pupils else ""
    once = Once(f"GRADES-HOMES#{due.period}#{first}")
    if done_before(once.key):
        return
    for some in chunks(
        (row for pupil in due.pupils for row in catalogue.told_again(pupil, due.period)), LIMIT
    ):
        commit(*some)
    facts = [] if rules.is_late(due.at, now()) else _messages(due)
    with suppress(AlreadyDone):
        commit(facts=facts, once=once)


def _messages(due: HomesDue) -> list[MessageDue]:
    people = sorted({one for told in told_homes(due.pupils).values() for one in told})
    id = stable_id("grades_published", stamp(due.at))
    return [MessageDue(id=id, recipients=some, template="grades_published") for some in chunks(people, TOLD)]


def told_homes(pupils: Sequence[PersonId]) -> dict[PersonId, list[PersonId]]:
    """Who is told of something about each of some pupils; what is on a closed record is about the one that it
    proved to be. Three round trips.
    """
    (merged,) = fetch(register.wanted_merged(pupils))
    kept = sorted({merged.get(pupil, pupil) for pupil in pupils})
    births, custody = fetch(register.wanted_births(kept), register.wanted_guardians(kept), consistent=True)
    grown = {pupil for pupil, born in births.items() if register.of_age(born) <= today()}
    everybody = sorted({*kept, *(one for known in custody.values() for one in known)})
    (names,) = fetch(register.wanted_names(everybody), consistent=True)
    protected = {id for id, name in names.items() if name.protected}
    return {id: rules.homes([merged.get(id, id)], custody, grown, protected) for id in pupils}
