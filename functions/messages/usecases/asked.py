"""Who is asked today, and what they have answered: the same for consents and forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from functions.messages.events import MessageDue
from functions.messages.store.answers import G
from functions.register import queries as register
from skolkit.cursor import seal, unseal
from skolkit.table import Once, chunks, commit, fetch
from skolkit.types import PersonId, stable_id

TOLD = 100  # people in one fact

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Home(Generic[G]):
    """Whom it is about, who is asked today, and their answers, oldest first."""

    subject: PersonId
    people: tuple[PersonId, ...]
    given: tuple[tuple[PersonId, G], ...]

    @property
    def latest(self) -> dict[PersonId, G]:
        """The last answer of each who has answered."""
        return dict(self.given)

    @property
    def last(self) -> G | None:
        """The last answer of all."""
        return self.given[-1][1] if self.given else None

    @property
    def missing(self) -> list[PersonId]:
        return [person for person in self.people if person not in dict(self.given)]


def guardians_asked(pupils: Sequence[PersonId]) -> dict[PersonId, tuple[PersonId, ...]]:
    """Who is asked about each of some children: those with custody today, or the pupil of age. A batch per
    100.
    """
    people: dict[PersonId, tuple[PersonId, ...]] = {}
    for some in chunks(pupils, 100):
        (found,) = fetch(register.wanted_guardians(some), consistent=True)
        people |= {pupil: found[pupil] or (pupil,) for pupil in some}
    return people


def homes_of(asked: Mapping[PersonId, tuple[PersonId, ...]], answers: Iterable[G]) -> list[Home[G]]:
    """What those who are asked have answered; who is not asked any more does not count. A query for each
    answer under a record that may have proved to be another's.
    """
    kept = cache(lambda person: register.merged_into(person) or person)
    given: dict[PersonId, list[tuple[PersonId, G]]] = {subject: [] for subject in asked}
    for item in sorted(answers, key=lambda a: a.at):
        subject = item.subject if item.subject in asked else kept(item.subject)
        by = PersonId(item.by)
        who = by if by in asked.get(subject, ()) else kept(by)
        if who in asked.get(subject, ()):
            given[subject].append((who, item))
    return [Home(subject, people, tuple(given[subject])) for subject, people in asked.items()]


def page_of(
    rows: Sequence[R], place: Callable[[R], str], limit: int, cursor: str | None, *bound: str
) -> tuple[list[R], str | None]:
    """A page of rows in order of their places, and the cursor of the next."""
    start = unseal(cursor, *bound)
    left = [row for row in rows if start is None or place(row) > start["after"]]
    page = left[:limit]
    return page, seal({"after": place(page[-1])} if len(left) > len(page) else None, *bound)


def tell_once(template: str, id: str, people: Iterable[PersonId], once: str) -> None:
    """Tell people by a template that there is something, each once."""
    due = stable_id(template, id)
    facts = [
        MessageDue(id=due, recipients=some, template=template) for some in chunks(sorted(set(people)), TOLD)
    ]
    commit(facts=facts, once=Once(f"{once}#{due}"))
