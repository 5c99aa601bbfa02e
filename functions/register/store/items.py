"""The items of the register's table, and their keys."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from functions.register.domain.names import listed
from skolkit.config import table_name
from skolkit.imports import ImportItem
from skolkit.table import Item
from skolkit.types import PersonId, UnitId

K = TypeVar("K", bound="RegisterItem")
GUARDED = "GUARDED"


class RegisterItem(Item):
    """Anything in the register's table."""

    class Meta:
        table_name = table_name("register")


class Guarded(GlobalSecondaryIndex["PersonItem"]):
    """Those with protected identity."""

    class Meta:
        index_name = "guarded"
        projection = KeysOnlyProjection()

    guarded = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class PersonItem(RegisterItem, discriminator="person"):
    """A person. `digest` is of the file row last taken, `municipality` where the person is registered
    (folkbokförd), `notice` what the population register last said: time, digest, marking, parish; `also` the
    closed records that proved to be this person. The identity number is an attribute, never a key of people.
    """

    fed, orders, bookkeeping = True, 3, Item.bookkeeping | {"guarded"}
    given_name = UnicodeAttribute()
    middle_name = UnicodeAttribute(null=True)
    family_name = UnicodeAttribute()
    birth_date = UnicodeAttribute()
    sex = UnicodeAttribute(default="Okänt")
    status = UnicodeAttribute(default="Aktiv")
    marking = UnicodeAttribute(default="Ingen")
    civic_no = UnicodeAttribute(null=True)
    principal_names = JSONAttribute(null=True)
    external_ids = JSONAttribute(null=True)
    municipality = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    also = JSONAttribute(null=True)
    digest = UnicodeAttribute(null=True)
    notice = JSONAttribute(null=True)
    guarded = UnicodeAttribute(null=True)
    at_guarded = Guarded()

    def touch(self, at: datetime) -> None:
        """Also list who is protected."""
        self.guarded = GUARDED if self.marking != "Ingen" else None
        super().touch(at)

    def order_texts(self) -> Sequence[str]:
        """By name as it is said, by family name, by identity number."""
        return order_texts(self.given_name, self.middle_name, self.family_name, self.civic_no)


class NumberItem(RegisterItem, discriminator="number"):
    """An identity number the person has or has had, from the day in the key on."""

    number = UnicodeAttribute()


class CivicItem(RegisterItem, discriminator="civic"):
    """To whom an identity number belongs, so that nobody is registered twice. Earlier numbers stay."""

    person = UnicodeAttribute()


class IdentifierItem(RegisterItem, discriminator="identifier"):
    """Who has a name or number that other systems know them by, under it. Several may have the same."""


class BirthItem(RegisterItem, discriminator="birth"):
    """Who was born on a day, to find out whether somebody is in the register already."""


class ContactItem(RegisterItem, discriminator="contact"):
    """How a person may be reached. Of a protected person everything but the language is sealed.

    `own`: the person has set mail and telephone themselves, and a file does not change them.
    """

    language = UnicodeAttribute(default="sv")
    withheld = BooleanAttribute(default=False)
    own = BooleanAttribute(default=False)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    emails = JSONAttribute(null=True)
    phones = JSONAttribute(null=True)
    addresses = JSONAttribute(null=True)
    sealed_reach = BinaryAttribute(null=True, legacy_encoding=False)
    sealed_address = BinaryAttribute(null=True, legacy_encoding=False)


class AtUnit(GlobalSecondaryIndex["EnrolmentItem"]):
    """A unit's enrolments of all times, by pupil."""

    class Meta:
        index_name = "at_unit"
        projection = AllProjection()

    unit = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class EnrolmentItem(RegisterItem, discriminator="enrolment"):
    """One enrolment, under its id."""

    at_unit = AtUnit()
    unit = UnicodeAttribute()
    school_form = UnicodeAttribute()
    year = NumberAttribute(null=True)
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    cancelled = BooleanAttribute(default=False)
    education_code = UnicodeAttribute(null=True)
    programme = UnicodeAttribute(null=True)
    specification = UnicodeAttribute(null=True)
    leaving = UnicodeAttribute(null=True)


class UnitPupilItem(RegisterItem, discriminator="unit_pupil"):
    """An enrolment in its unit's list, written with the enrolment; none for a cancelled one."""

    person = UnicodeAttribute()
    school_form = UnicodeAttribute()
    year = NumberAttribute(null=True)
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    education_code = UnicodeAttribute(null=True)


class KinItem(RegisterItem, discriminator="kin"):
    """All of a pupil's responsible adults in one item, `[person, relation, start, end]`, so that those of a
    whole class are one `BatchGetItem`; written with every change of them. `until` is the day the pupil is 18.
    """

    rows = JSONAttribute()
    until = UnicodeAttribute()


class GuardianItem(RegisterItem, discriminator="guardian"):
    """A responsible adult, in the pupil's partition."""

    relation = UnicodeAttribute()
    start = UnicodeAttribute(null=True)
    end = UnicodeAttribute(null=True)
    home = BooleanAttribute(default=False)


class ChildItem(RegisterItem, discriminator="child"):
    """The same relation in the adult's partition; `until` is the day the child turns 18."""

    relation = UnicodeAttribute()
    until = UnicodeAttribute()
    start = UnicodeAttribute(null=True)
    end = UnicodeAttribute(null=True)
    home = BooleanAttribute(default=False)


class MergedItem(RegisterItem, discriminator="merged"):
    """In the kept person's partition: that the record in the key proved to be the same person."""

    merge = UnicodeAttribute()
    at = UnicodeAttribute()


class FoundAt(GlobalSecondaryIndex["WordItem"]):
    """Search words of a unit's people by their first two letters."""

    class Meta:
        index_name = "found_at"
        projection = AllProjection()

    at = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class WordItem(RegisterItem, discriminator="search_word"):
    """A word that somebody is found by. `name`: all words of the name as they are written, family name first;
    `at` unit, kind and first letters, for whoever goes to a unit.
    """

    found_at = FoundAt()
    name = JSONAttribute()
    at = UnicodeAttribute(null=True)


class FoundByItem(RegisterItem, discriminator="found_by"):
    """Which words somebody is found by: their sort keys with a check sum of how the name is written. `stays`
    are enrolments that go on or are to come, `[id, unit]`, for reading them without looking for them.
    """

    words = JSONAttribute()
    stays = JSONAttribute()


class RegisterImportItem(ImportItem, discriminator="register_import"):
    """How far an import of people has come."""

    class Meta:
        table_name = table_name("register")


def order_texts(given: str, middle: str | None, family: str, number: str | None) -> tuple[str, str, str]:
    """What people are sorted by in each order: the names as they are said, the family name first, the
    identity number.
    """
    return listed(given, middle, family), listed(family, given, middle), number or ""


def person_pk(person: PersonId) -> str:
    """A person's partition."""
    return f"PERSON#{person}"


def profile_key(person: PersonId) -> tuple[str, str]:
    """Where a person is."""
    return person_pk(person), "PROFILE"


def contact_key(person: PersonId) -> tuple[str, str]:
    """Where a person's contact is."""
    return person_pk(person), "CONTACT"


def number_key(person: PersonId, since: date) -> tuple[str, str]:
    """Where an identity number of a person is."""
    return person_pk(person), f"NUMBER#{since}"


def enrolment_key(person: PersonId, enrolment: str) -> tuple[str, str]:
    """Where an enrolment of a person is."""
    return person_pk(person), f"ENROLMENT#{enrolment}"


def kin_key(person: PersonId) -> tuple[str, str]:
    """Where all of a pupil's responsible adults are."""
    return person_pk(person), "KIN"


def merged_key(kept: PersonId, merged: PersonId) -> tuple[str, str]:
    """Where it says that a closed record proved to be a person."""
    return person_pk(kept), f"MERGED#{merged}"


def found_by_key(person: PersonId) -> tuple[str, str]:
    """Where it is which words a person is found by. Not in the person's own partition, so that it is not read
    with the person, and outlives them until the words are gone too.
    """
    return f"FOUND#{person}", "FOUND"


def unit_pk(unit: UnitId) -> str:
    """The partition of a unit's pupils."""
    return f"UNIT#{unit}"


def civic_key(civic_no: str) -> tuple[str, str]:
    """Where an identity number's owner is."""
    return f"CIVIC#{civic_no}", "CIVIC"


def principal_pk(name: str) -> str:
    """Where it is whose an eduPersonPrincipalName is; capital letters do not count in it."""
    return f"PRINCIPAL#{unicodedata.normalize('NFC', name).casefold()}"


def external_pk(value: str) -> str:
    """Where it is whose an identifier of another system is."""
    return f"EXTERNAL#{value}"


def birth_key(born: date, person: PersonId) -> tuple[str, str]:
    """Where a person is among those born on the same day."""
    return f"BIRTH#{born}", person


def as_kind(kind: type[K], item: RegisterItem | None) -> K | None:
    """The item if it is of the kind."""
    return item if isinstance(item, kind) else None


def day_of(text: str | None) -> date | None:
    """The day an item keeps as text."""
    return date.fromisoformat(text) if text else None


def text_of(day: date | None) -> str | None:
    """How an item keeps a day."""
    return day.isoformat() if day else None
