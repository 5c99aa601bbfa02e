"""A school that has been taken in once, what a test changes is put back; and one with a national test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from infra.local.cloud import Cloud
from skolkit.types import PersonId
from tests.support import national_tests as tests
from tests.support.fixtures import lay_tables
from tests.support.stored import Undo, stored
from tests.support.world import UNIT, World, make_world

SIXTH = replace(UNIT, years=(6,))  # a year with national tests


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> Iterator[tuple[World, Undo]]:
    lay_tables(cloud)
    world = make_world(cloud)
    undo = Undo(stored())
    yield world, undo
    undo.close()


@pytest.fixture
def world(made: tuple[World, Undo]) -> Iterator[World]:
    """The school today; what a test changes is put back."""
    world, undo = made
    yield world
    undo.undo()


@dataclass(frozen=True)
class Held:
    """The school, who is responsible for the class's test, two who mark, a third, and the ids of both."""

    world: World
    office: PersonId
    head: PersonId
    responsible: PersonId
    markers: tuple[PersonId, PersonId]
    third: PersonId
    test: str
    sitting: str

    @property
    def pupils(self) -> tuple[PersonId, ...]:
        return tuple(self.world.klass.pupil_ids)


@pytest.fixture
def school(tables: Cloud) -> World:
    return make_world(tables, unit=SIXTH)


@pytest.fixture
def tested(school: World) -> Held:
    mentors = school.klass.mentor_ids
    staff = [s.id for s in school.population.staff if s.role == "teacher" and s.id not in mentors]
    responsible, one, two, third = staff[:4]
    office, head = school.staff("administrator"), school.staff("principal")
    test = tests.enter(office)["id"]
    sitting = tests.plan(head, school.unit, test, school.klass.id, responsible)["id"]
    return Held(school, office, head, responsible, (one, two), third, test, sitting)
