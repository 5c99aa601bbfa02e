"""A whole synthetic municipality for demonstrations, tests and load measurements: nobody in it exists.

Give it school units with their pupil counts and it makes the pupils, guardians, staff, groups and week
timetable of one unit at a time, the same for the same seed. Identity numbers are from the range that
Skatteverket keeps free for test persons, phone numbers from the one that PTS keeps for fiction, e-mail
addresses from a reserved domain.
"""

from infra.local.population.demo import DEMO_UNITS
from infra.local.population.generate import generate
from infra.local.population.model import (
    Address,
    GuardianRelation,
    NewGroup,
    NewGuardian,
    NewPupil,
    Person,
    SchoolUnit,
    Staff,
    UnitPopulation,
    WeekLesson,
)

__all__ = [
    "DEMO_UNITS",
    "Address",
    "GuardianRelation",
    "NewGroup",
    "NewGuardian",
    "NewPupil",
    "Person",
    "SchoolUnit",
    "Staff",
    "UnitPopulation",
    "WeekLesson",
    "generate",
]
