"""Sending the weekly digest: unit by unit, so many pupils at a time, each in a turn of its own that says
where the next begins. A person is claimed for the week together with the fact that has the digest sent, so
that two children, two schools or a turn that comes twice are one digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from functions.messages import store
from functions.messages.domain import digest as rules
from functions.messages.domain.deliveries import Kind
from functions.messages.domain.digest import Digest, Week
from functions.messages.events import DigestDue, MessageDue
from functions.messages.store import digest as claims
from functions.messages.usecases.waiting import Reader, waiting_for
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import now, today
from skolkit.retry import persist
from skolkit.table import AlreadyDone, Once, chunks, commit, done_before, fetch
from skolkit.types import PersonId, UnitId, stable_id

UNITS = 50  # facts in one transaction
PUPILS = 100  # in one turn
CLAIMED = 40  # people in one transaction, each with a claim and at most a fact of their own


def ask_digests() -> None:
    """Let each unit's turns begin, once a week. A transaction per 50 units."""
    week = Week.closed_on(today())
    for some in chunks(organisation.units(), UNITS):
        facts = [DigestDue(unit=unit.id, day=week.day) for unit in some]
        with suppress(AlreadyDone):
            commit(facts=facts, once=Once(f"DIGESTS#{week.id}#{some[0].id}"))


def send_digests(due: DigestDue) -> None:
    """One turn: the homes of so many pupils of a unit, and the next turn. Nobody is told when it is too late,
    as when facts come again from the archive.
    """
    week = Week(due.day)
    turn = Once(f"DIGEST#{stable_id(week.id, due.unit, due.cursor or '')}")
    if rules.is_late(week, now()) or done_before(turn.key):
        return
    bound = ("digest", due.unit, week.id)
    pupils, cursor = register.pupils_at(UnitId(due.unit), due.cursor, PUPILS, *bound)
    digests = waiting_for(_readers(pupils, week), week)
    for some in chunks((item for item in sorted(digests.items()) if item[1].values()), CLAIMED):
        persist(lambda: _send(dict(some), week))  # noqa: B023 - called before the next
    facts = [DigestDue(unit=due.unit, day=due.day, cursor=cursor)] if cursor else []
    commit(facts=facts, once=turn)


def _readers(pupils: Sequence[PersonId], week: Week) -> list[Reader]:
    """The guardians of pupils, and those of age, who are to be told and have not been yet. A batch per 100
    rows, and a query per guardian.
    """
    births, custody = fetch(
        register.wanted_births(pupils), register.wanted_guardians(pupils), consistent=True
    )
    grown = {id for id, born in births.items() if register.of_age(born) <= today()}
    people = sorted({*grown, *(one for id in pupils if id not in grown for one in custody[id])})
    wanted, _ = store.wanted_wishes(people)
    chosen, told = fetch(wanted, claims.wanted_claims(people, week.id), consistent=True)
    wishes = store.wishes_of(people, chosen, {})
    left = [one for one in people if one not in told and wishes[one].order(Kind.DIGEST)]
    (grouped,) = fetch(organisation.wanted_groups_of(left, today()))
    pupils_too = grown | {one for one in left if grouped[one]}  # of age, at this or another school
    homes = {one: (*register.children_of(one), *({one} & pupils_too)) for one in left}
    everybody = {*left, *(child for own in homes.values() for child in own)}
    (names,) = fetch(register.wanted_names(sorted(everybody)), consistent=True)
    protected = {id for id, name in names.items() if name.protected}
    return [Reader(one, own) for one, own in homes.items() if own and rules.may_be_told(one, own, protected)]


def _send(digests: dict[PersonId, Digest], week: Week) -> None:
    """Claim people and have them told, in one transaction; whoever another turn has claimed is left out."""
    (told,) = fetch(claims.wanted_claims(sorted(digests), week.id), consistent=True)
    left = {one: digest for one, digest in digests.items() if one not in told}
    facts = [
        MessageDue(id=stable_id("digest", week.id), recipients=list(people), template="digest", values=values)
        for values, people in rules.alike(left)
    ]
    if facts:
        commit(*(claims.claim(one, week.id) for one in sorted(left)), facts=facts)
