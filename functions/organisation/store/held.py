"""What somebody has by office, with the person: one query tells what they may do today. An index shows it by
unit.
"""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from functions.organisation.store.base import OrganisationItem
from skolkit.types import PersonId


class Held(GlobalSecondaryIndex["HeldItem"]):
    """What people have at a unit, by person."""

    class Meta:
        index_name = "held"
        projection = AllProjection()

    held_pk = UnicodeAttribute(hash_key=True)
    held_sk = UnicodeAttribute(range_key=True)


class HeldItem(OrganisationItem):
    """What somebody has by office, at a unit or at the municipality when there is no unit."""

    unit = UnicodeAttribute(null=True)
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    ended = UnicodeAttribute(null=True)
    held_pk = UnicodeAttribute(null=True)
    held_sk = UnicodeAttribute(null=True)
    held = Held()

    @property
    def holder(self) -> PersonId:
        pk: str = self.pk
        return PersonId(pk.removeprefix("PERSON#"))

    def shown_at_unit(self) -> None:
        """Set the keys of the index; for rows in a person's partition."""
        self.held_pk, self.held_sk = f"HELD#{self.unit or '*'}", f"{self.holder}#{self.sk}"
