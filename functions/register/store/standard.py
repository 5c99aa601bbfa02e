"""People with what SS 12000 shows of them: all that is in their partition up to the profile, in one query.

Whatever is shown of somebody is written together with the profile, so that an item newer than it has been
read in the middle of a change. So may one have been whose profile is newer than the readers of the feed wait.
Both are read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from functions.register.domain.contacts import Address, Contact, Email, Phone, Withheld
from functions.register.domain.enrolment import Enrolment, EnrolmentId
from functions.register.domain.people import ExternalId, PersonCard, Responsible, holds_on
from functions.register.store.enrolments import enrolment_of
from functions.register.store.items import (
    EnrolmentItem,
    IdentifierItem,
    KinItem,
    RegisterItem,
    day_of,
    external_pk,
    kin_key,
    person_pk,
    principal_pk,
    profile_key,
)
from functions.register.store.people import wanted_listed, wanted_owners
from skolkit.clock import now, stamp
from skolkit.config import feed_lag
from skolkit.sweden.codes import SchoolForm
from skolkit.table import SIDE_BY_SIDE, Wanted, chunks, dynamodb, fetch
from skolkit.types import PersonId, UnitId

ATTEMPTS = 4
SHOWN = frozenset({"contact", "enrolment", "guardian"})
Key = tuple[str, str]
Row = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Charge:
    """Somebody whom a person is or was responsible for, grown up on a day."""

    child: PersonId
    relation: str
    start: date | None
    end: date | None
    grown_up: date

    def holds(self, day: date) -> bool:
        """Whether the relation holds on a day."""
        return holds_on(day, self.relation, self.start, self.end, self.grown_up)

    def covers(self, e: Enrolment) -> bool:
        """Whether the relation held while the child was enrolled, for a day at least."""
        return e.start <= self.last_day and (not e.end or not self.start or e.end >= self.start)

    @property
    def last_day(self) -> date:
        return min(self.end or self.grown_up, self.grown_up)


@dataclass(frozen=True, slots=True)
class WholePerson:
    """A person, how they are reached, and whom they are responsible for."""

    card: PersonCard
    civic_no: str | None
    contact: Contact | Withheld | None
    charges: tuple[Charge, ...]
    created: datetime
    changed: datetime


def whole_people(keys: Sequence[Key], *, consistent: bool) -> dict[Key, WholePerson]:
    """People by the keys of their profiles; closed records are left out. A query each, side by side: half a
    read unit for somebody with less than 4 KB.
    """
    settled = stamp(now() - feed_lag())
    read = partial(_whole, consistent=consistent, settled=settled)
    if len(keys) < 2:
        found = list(map(read, keys))
    else:
        with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(keys))) as pool:
            found = list(pool.map(read, keys))
    return {key: person for key, person in zip(keys, found, strict=True) if person}


def _whole(key: Key, *, consistent: bool, settled: str) -> WholePerson | None:
    rows = _rows(key[0], consistent=consistent)
    for _ in range(ATTEMPTS):
        if _is_settled(rows, settled):
            break
        before, rows = _mark(rows), _rows(key[0], consistent=True)
        if _mark(rows) == before:
            break
    return _person(PersonId(key[0].removeprefix("PERSON#")), rows)


def _is_settled(rows: Sequence[Row], settled: str) -> bool:
    written, newest = _mark(rows)
    return not written or newest <= written <= settled


def _mark(rows: Sequence[Row]) -> tuple[str, str]:
    """When the profile was written, and the newest of what is shown with it."""
    times = [(row["kind"]["S"], _text(row, "modified") or "") for row in rows]
    written = next((at for kind, at in times if kind == "person"), "")
    return written, max((at for kind, at in times if kind in SHOWN), default="")


def _rows(pk: str, *, consistent: bool) -> list[Row]:
    asked = {
        "TableName": RegisterItem.Meta.table_name, "ConsistentRead": consistent,
        "KeyConditionExpression": "pk = :pk AND sk <= :last",
        "ExpressionAttributeValues": {":pk": {"S": pk}, ":last": {"S": "PROFILE"}},
    }  # fmt: skip
    rows: list[Row] = []
    while True:
        reply = dynamodb().query(**asked)
        rows += reply["Items"]
        if not (after := reply.get("LastEvaluatedKey")):
            return rows
        asked["ExclusiveStartKey"] = after


def _person(id: PersonId, rows: Sequence[Row]) -> WholePerson | None:
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"]["S"], []).append(row)
    (profile,) = by_kind.get("person") or (None,)
    if profile is None or _text(profile, "merged_into"):
        return None
    contact = by_kind.get("contact")
    changed = str(_text(profile, "modified"))
    enrolments = map(_enrolment, by_kind.get("enrolment", ()))
    card = PersonCard(
        id=id,
        given_name=str(_text(profile, "given_name")),
        middle_name=_text(profile, "middle_name"),
        family_name=str(_text(profile, "family_name")),
        birth_date=date.fromisoformat(str(_text(profile, "birth_date"))),
        sex=_text(profile, "sex") or "Okänt",  # type: ignore[arg-type]
        status=_text(profile, "status") or "Aktiv",  # type: ignore[arg-type]
        marking=_text(profile, "marking") or "Ingen",  # type: ignore[arg-type]
        principal_names=tuple(_json(profile, "principal_names") or ()),
        external_ids=tuple(ExternalId(*row) for row in _json(profile, "external_ids") or ()),
        enrolments=tuple(sorted(enrolments, key=lambda e: (e.start, e.id))),
        responsibles=tuple(map(_responsible, by_kind.get("guardian", ()))),
    )
    return WholePerson(
        card=card,
        civic_no=_text(profile, "civic_no"),
        contact=_contact(id, contact[0]) if contact else None,
        charges=tuple(map(_charge, by_kind.get("child", ()))),
        created=datetime.fromisoformat(_text(profile, "created") or changed),
        changed=datetime.fromisoformat(changed),
    )


def _enrolment(row: Row) -> Enrolment:
    return Enrolment(
        unit=UnitId(row["unit"]["S"]),
        school_form=SchoolForm(row["school_form"]["S"]),
        year=int(row["year"]["N"]) if "N" in row.get("year", ()) else None,
        start=date.fromisoformat(row["start"]["S"]),
        end=day_of(_text(row, "end")),
        cancelled=_flag(row, "cancelled"),
        education_code=_text(row, "education_code"),
        programme=_text(row, "programme"),
        specification=_text(row, "specification"),
        id=EnrolmentId(row["sk"]["S"].removeprefix("ENROLMENT#")),
    )


def _responsible(row: Row) -> Responsible:
    person = PersonId(row["sk"]["S"].removeprefix("GUARDIAN#"))
    relation = row["relation"]["S"]
    start, end = day_of(_text(row, "start")), day_of(_text(row, "end"))
    return Responsible(person, relation, start, end)


def _charge(row: Row) -> Charge:
    return Charge(
        PersonId(row["sk"]["S"].removeprefix("CHILD#")), row["relation"]["S"], day_of(_text(row, "start")),
        day_of(_text(row, "end")), date.fromisoformat(row["until"]["S"]),
    )  # fmt: skip


def _contact(id: PersonId, row: Row) -> Contact | Withheld:
    if _flag(row, "withheld"):
        return Withheld(id)
    return Contact(
        id,
        _text(row, "email"),
        _text(row, "phone"),
        _text(row, "language") or "sv",
        tuple(Email(*one) for one in _json(row, "emails") or ()),
        tuple(Phone(*one) for one in _json(row, "phones") or ()),
        tuple(Address(**one) for one in _json(row, "addresses") or ()),
    )


def _text(row: Row, name: str) -> str | None:
    return row[name].get("S") if name in row else None


def _flag(row: Row, name: str) -> bool:
    return bool(row[name].get("BOOL")) if name in row else False


def _json(row: Row, name: str) -> Any:
    text = _text(row, name)
    return json.loads(text) if text else None


# Who can answer to what is asked


def keys_of_numbers(numbers: Sequence[str]) -> list[Key]:
    """Those whose identity number it is today. Two `BatchGetItem` per 100."""
    wanted = list(dict.fromkeys(numbers))
    (owners,) = fetch(wanted_owners(wanted))
    (found,) = fetch(wanted_listed(list(dict.fromkeys(owners.values()))))
    return [profile_key(person) for person, listed in found.items() if listed.civic_no in wanted]


def keys_of_principal(name: str) -> list[Key]:
    """Those who have an eduPersonPrincipalName. One query."""
    return _identified(principal_pk(name))


def keys_of_external(value: str) -> list[Key]:
    """Those whom another system knows by an identifier. One query."""
    return _identified(external_pk(value))


def _identified(pk: str) -> list[Key]:
    return [profile_key(PersonId(str(row.sk))) for row in IdentifierItem.query(pk)]


def enrolments_of(person: PersonId) -> Iterator[Enrolment]:
    """Somebody's enrolments of all times. One query."""
    return map(
        enrolment_of, EnrolmentItem.query(person_pk(person), EnrolmentItem.sk.startswith("ENROLMENT#"))
    )


def adults_of(children: Sequence[PersonId], fits: Callable[[str], bool], day: date) -> set[PersonId]:
    """Who is responsible for children on a day, by a relation that fits. One `BatchGetItem` per 100."""
    found: set[PersonId] = set()
    for some in chunks(children, 100):
        (kin,) = fetch(Wanted(KinItem, [kin_key(child) for child in some], dict))
        for item in kin.values():
            until = date.fromisoformat(item.until)
            found |= {
                PersonId(person)
                for person, relation, start, end in item.rows
                if fits(relation) and holds_on(day, relation, day_of(start), day_of(end), until)
            }
    return found
