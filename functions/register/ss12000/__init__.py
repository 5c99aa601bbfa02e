"""The register's part of SS 12000:2020 (API 2.1.0): what each resource of its is made from."""

from __future__ import annotations

from functions.register.ss12000.persons import PERSONS, responsible_for
from functions.register.store import people
from skolkit.types import PersonId

__all__ = ["RESOURCES", "protected_people", "responsible_for"]

RESOURCES = {"persons": PERSONS}


def protected_people() -> frozenset[PersonId]:
    """Everybody with protected identity. One query of keys (400 in 100,000 people: 3 read units)."""
    return people.protected_people()
