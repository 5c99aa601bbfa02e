"""People as they are read: cards, names, owners of numbers, children."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import cast

from functions.register.domain.enrolment import Enrolment
from functions.register.domain.people import (
    CUSTODY,
    ExternalId,
    ListedPerson,
    NumberSpan,
    PersonCard,
    PersonName,
    Responsible,
    Sex,
)
from functions.register.store.enrolments import enrolment_of, enrolments_of
from functions.register.store.items import (
    GUARDED,
    BirthItem,
    ChildItem,
    CivicItem,
    EnrolmentItem,
    GuardianItem,
    MergedItem,
    NumberItem,
    PersonItem,
    RegisterItem,
    civic_key,
    day_of,
    person_pk,
    profile_key,
)
from skolkit.table import Wanted, fetch
from skolkit.types import PersonId, UnitId


def wanted_names(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, PersonName]]:
    """Names by id; people who do not exist are left out."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, PersonName]:
        items = {person: found[key] for person in ids if (key := profile_key(person)) in found}
        return {
            person: PersonName(person, item.given_name, item.family_name, item.marking != "Ingen")
            for person, item in items.items()
        }

    keys = [profile_key(person) for person in ids]
    return Wanted(PersonItem, keys, answer, only=("given_name", "family_name", "marking"))


def wanted_listed(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, ListedPerson]]:
    """Names and numbers by id; people who do not exist are left out."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, ListedPerson]:
        items = {p: found[key] for p in ids if (key := profile_key(p)) in found}
        return {
            p: ListedPerson(p, item.civic_no, item.given_name, item.family_name, item.marking != "Ingen")
            for p, item in items.items()
        }

    only = ("civic_no", "given_name", "family_name", "marking")
    return Wanted(PersonItem, [profile_key(p) for p in ids], answer, only=only)


def wanted_merged(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, PersonId]]:
    """What closed records among `ids` proved to be."""
    keys = {profile_key(person): person for person in ids}

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, PersonId]:
        return {keys[key]: PersonId(item.merged_into) for key, item in found.items() if item.merged_into}

    return Wanted(PersonItem, list(keys), answer, only=("merged_into",))


def wanted_also(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[PersonId, ...]]]:
    """The closed records that proved to be people among `ids`; those without are left out."""
    keys = {profile_key(person): person for person in ids}

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, tuple[PersonId, ...]]:
        return {keys[key]: tuple(map(PersonId, item.also)) for key, item in found.items() if item.also}

    return Wanted(PersonItem, list(keys), answer, only=("also",))


def wanted_digests(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, tuple[str, bool]]]:
    """The digest of the row each stored person was last taken from ("" for one entered by hand), and whether
    they are protected.
    """

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, tuple[str, bool]]:
        items = {p: found[key] for p in ids if (key := profile_key(p)) in found}
        return {p: (item.digest or "", item.marking != "Ingen") for p, item in items.items()}

    return Wanted(PersonItem, [profile_key(p) for p in ids], answer, only=("digest", "marking"))


def wanted_births(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, date]]:
    """Birth dates of those who are in the register."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, date]:
        return {p: date.fromisoformat(found[key].birth_date) for p in ids if (key := profile_key(p)) in found}

    return Wanted(PersonItem, [profile_key(person) for person in ids], answer, only=("birth_date",))


def wanted_sexes(ids: Sequence[PersonId]) -> Wanted[dict[PersonId, Sex]]:
    """The sex of those who are in the register."""

    def answer(found: dict[tuple[str, str], PersonItem]) -> dict[PersonId, Sex]:
        return {p: cast("Sex", found[key].sex) for p in ids if (key := profile_key(p)) in found}

    return Wanted(PersonItem, [profile_key(person) for person in ids], answer, only=("sex",))


def wanted_owners(numbers: Sequence[str]) -> Wanted[dict[str, PersonId]]:
    """To whom identity numbers belong."""

    def answer(found: dict[tuple[str, str], CivicItem]) -> dict[str, PersonId]:
        return {n: PersonId(found[key].person) for n in numbers if (key := civic_key(n)) in found}

    return Wanted(CivicItem, [civic_key(number) for number in numbers], answer)


def born_on(day: date) -> list[PersonId]:
    """Everybody born on a day. One consistent query; about four people per hundred thousand."""
    return [PersonId(row.sk) for row in BirthItem.query(f"BIRTH#{day}", consistent_read=True)]


def children_of(guardian: PersonId, day: date) -> tuple[PersonId, ...]:
    """Children in someone's custody on a day. One consistent query."""
    rows = ChildItem.query(person_pk(guardian), ChildItem.sk.startswith("CHILD#"), consistent_read=True)
    on = day.isoformat()
    return tuple(
        PersonId(row.sk.removeprefix("CHILD#"))
        for row in rows
        if row.relation in CUSTODY and on < row.until and (row.start or on) <= on <= (row.end or on)
    )


def children_ever(guardian: PersonId) -> Iterator[tuple[PersonId, date, date | None]]:
    """Everybody an adult is or was responsible for, with the day they come of age and when the relation
    ended. One consistent query.
    """
    rows = ChildItem.query(person_pk(guardian), ChildItem.sk.startswith("CHILD#"), consistent_read=True)
    for row in rows:
        yield PersonId(row.sk.removeprefix("CHILD#")), date.fromisoformat(row.until), day_of(row.end)


def find_card(person: PersonId) -> PersonCard | None:
    """A person with enrolments and responsible adults. One consistent query."""
    return card_of(person, rows_of(person))


def find_person(person: PersonId) -> tuple[PersonItem, PersonCard] | None:
    """The card, and the person's item: writing it again lets only one change through at a time."""
    rows = rows_of(person)
    card = card_of(person, rows)
    return (next(row for row in rows if isinstance(row, PersonItem)), card) if card else None


def profiles_of(people: Sequence[PersonId]) -> list[PersonItem]:
    """The items of people, to be written with what belongs to them; those who do not exist are left out. One
    consistent `BatchGetItem` per 100.
    """
    (found,) = fetch(Wanted(PersonItem, [profile_key(person) for person in people], dict), consistent=True)
    return list(found.values())


def enrolments_at(unit: UnitId) -> Iterator[tuple[PersonId, Enrolment]]:
    """A unit's enrolments of all times, by pupil; eventually consistent, one query per megabyte (3,000)."""
    rows = EnrolmentItem.at_unit.query(unit)
    return ((PersonId(row.pk.removeprefix("PERSON#")), enrolment_of(row)) for row in rows)


def rows_of(person: PersonId) -> list[RegisterItem]:
    """Everything in a person's partition. One consistent query."""
    return list(RegisterItem.query(person_pk(person), consistent_read=True))


def card_of(person: PersonId, rows: Sequence[RegisterItem]) -> PersonCard | None:
    """The card that a person's rows make."""
    profile = next((row for row in rows if isinstance(row, PersonItem)), None)
    if profile is None:
        return None
    return PersonCard(
        id=person,
        given_name=profile.given_name,
        middle_name=profile.middle_name,
        family_name=profile.family_name,
        birth_date=date.fromisoformat(profile.birth_date),
        sex=profile.sex,  # type: ignore[arg-type]
        status=profile.status,  # type: ignore[arg-type]
        marking=profile.marking,  # type: ignore[arg-type]
        numbers=tuple(_number(row) for row in rows if isinstance(row, NumberItem)),
        principal_names=tuple(profile.principal_names or ()),
        external_ids=tuple(ExternalId(*row) for row in profile.external_ids or ()),
        municipality=profile.municipality,
        merged_into=PersonId(profile.merged_into) if profile.merged_into else None,
        also=tuple(
            PersonId(str(row.sk).removeprefix("MERGED#")) for row in rows if isinstance(row, MergedItem)
        ),
        enrolments=tuple(enrolments_of(rows)),
        responsibles=tuple(responsible_of(row) for row in rows if isinstance(row, GuardianItem)),
    )


def _number(item: NumberItem) -> NumberSpan:
    sk: str = item.sk
    return NumberSpan(item.number, date.fromisoformat(sk.removeprefix("NUMBER#")))


def responsible_of(item: GuardianItem) -> Responsible:
    """The relation that an item keeps."""
    sk: str = item.sk
    return Responsible(
        PersonId(sk.removeprefix("GUARDIAN#")),
        item.relation,  # type: ignore[arg-type]
        day_of(item.start),
        day_of(item.end),
        item.home,
    )


def protected_people() -> frozenset[PersonId]:
    """Everybody with protected identity. One query per megabyte, of keys."""
    rows = PersonItem.at_guarded.query(GUARDED)
    return frozenset(PersonId(str(row.pk).removeprefix("PERSON#")) for row in rows)
