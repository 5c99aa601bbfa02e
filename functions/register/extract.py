"""The register's part of a register extract: what it keeps about one person, and nobody else's name, number
or address (GDPR art. 15.4).
"""

from __future__ import annotations

from collections.abc import Sequence

from functions.organisation import queries as organisation
from functions.register.domain.contacts import Address
from functions.register.domain.watch import Case
from functions.register.store import items
from functions.register.store.matters import LeavingItem, NoticeItem, TransferItem
from functions.register.store.protection import GlassItem
from functions.register.store.watch import events_of, watch_of
from skolkit.extracts import Requested, Section, Value, section
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId

Rows = Sequence[items.RegisterItem]
_YES = {True: "ja", False: "nej"}
_PART = {True: "barn", False: "ansvarig vuxen"}


def gather(asked: Requested) -> list[Section]:
    """The person's partition, as it lies, and what the watch keeps. Two consistent queries, the names of the
    units, and a query per case.
    """
    rows = list(items.RegisterItem.query(f"PERSON#{asked.person}", consistent_read=True))
    return [
        _person(rows),
        _numbers(rows),
        _merges(rows),
        *([_contact(rows)] if asked.contacts else []),
        _glasses(rows),
        _enrolments(rows),
        _leavings(rows),
        _custody(rows),
        _watch(asked.person),
    ]


def _person(rows: Rows) -> Section:
    return section(
        "register.person", "Person", "Person",
        {
            "givenName": ("Förnamn", "Given name"),
            "middleName": ("Mellannamn", "Middle name"),
            "familyName": ("Efternamn", "Family name"),
            "civicNo": ("Personnummer", "Personal identity number"),
            "birthDate": ("Födelsedatum", "Date of birth"),
            "sex": ("Kön", "Sex"),
            "status": ("Status", "Status"),
            "securityMarking": ("Skyddade personuppgifter", "Protected identity"),
        },
        [
            [
                row.given_name, row.middle_name, row.family_name, row.civic_no, row.birth_date, row.sex,
                row.status, row.marking,
            ]
            for row in rows if isinstance(row, items.PersonItem)
        ],
    )  # fmt: skip


def _numbers(rows: Rows) -> Section:
    """Every number there has been, and what other systems call the person.

    The municipality of residence of a protected person says where they are; it is withheld as addresses are.
    """
    numbers: list[list[Value]] = [
        ["Personnummer", row.number, str(row.sk).removeprefix("NUMBER#")]
        for row in rows if isinstance(row, items.NumberItem)
    ]  # fmt: skip
    people = [row for row in rows if isinstance(row, items.PersonItem)]
    for row in people:
        numbers += [["Användarnamn", name, None] for name in row.principal_names or ()]
        numbers += [[str(context), str(value), None] for value, context, *_ in row.external_ids or ()]
        if row.municipality and row.marking == "Ingen":
            numbers.append(["Folkbokföringskommun", row.municipality, None])
    return section(
        "register.person", "Nummer och beteckningar", "Numbers and identifiers",
        {"kind": ("Slag", "Kind"), "value": ("Värde", "Value"), "since": ("Från", "Since")},
        numbers,
    )  # fmt: skip


def _merges(rows: Rows) -> Section:
    """That there were two records of the person: told of both."""
    merges: list[list[str | None]] = [
        ["En annan post om personen lades till denna", row.at]
        for row in rows
        if isinstance(row, items.MergedItem)
    ]
    merges += [
        ["Posten är stängd: den visade sig gälla en person som har en annan post", None]
        for row in rows if isinstance(row, items.PersonItem) and row.merged_into
    ]  # fmt: skip
    return section(
        "register.merge", "Sammanslagna poster", "Merged records",
        {"what": ("Vad", "What"), "at": ("När", "When")}, merges,
    )  # fmt: skip


def _contact(rows: Rows) -> Section:
    """What is sealed stays sealed: of a protected person is said that it is kept, not what it is."""
    return section(
        "register.contact", "Kontaktuppgifter", "Contact details",
        {
            "email": ("E-post", "E-mail"),
            "phone": ("Telefon", "Telephone"),
            "address": ("Adress", "Address"),
            "language": ("Språk", "Language"),
            "withheld": ("Skyddas och visas inte", "Protected and not shown"),
        },
        [
            [
                _each(row.email, row.emails), _each(row.phone, row.phones),
                "; ".join(_address(Address(**fields)) for fields in row.addresses or ()) or None,
                row.language, _YES[row.withheld],
            ]
            for row in rows if isinstance(row, items.ContactItem)
        ],
    )  # fmt: skip


def _each(first: str | None, typed: Sequence[Sequence[str]] | None) -> str | None:
    """All values with their type; the one used for notices is first."""
    known = {value: f"{value} ({type})" for value, type, *_ in typed or ()}
    rest = [shown for value, shown in known.items() if value != first]
    return "; ".join([known.get(first, first), *rest] if first else rest) or None


def _address(address: Address) -> str:
    place = f"{address.postal_code} {address.locality}"
    care_of = f"c/o {address.care_of}" if address.care_of else None
    return f"{address.type}: " + ", ".join(filter(None, (care_of, address.street, place, address.country)))


def _glasses(rows: Rows) -> Section:
    """That somebody has opened what is protected, why and for how long; not who."""
    return section(
        "register.glass", "Öppnade skyddade uppgifter", "Opened protected details",
        {"why": ("Skäl", "Reason"), "until": ("Öppna till", "Open until")},
        [[row.why, row.until] for row in rows if isinstance(row, GlassItem)],
    )  # fmt: skip


def _enrolments(rows: Rows) -> Section:
    ids = [UnitId(row.unit) for row in rows if isinstance(row, items.EnrolmentItem)]
    (units,) = fetch(organisation.wanted_units(ids))
    return section(
        "register.enrolment", "Inskrivningar", "Enrolments",
        {
            "unit": ("Skolenhet", "School unit"),
            "schoolForm": ("Skolform", "School form"),
            "year": ("Årskurs", "Year"),
            "start": ("Från", "From"),
            "end": ("Till", "To"),
            "cancelled": ("Återtagen", "Cancelled"),
            "educationCode": ("Utbildningskod", "Education code"),
            "leaving": ("Avslutsorsak", "Reason for leaving"),
        },
        [
            [
                units[UnitId(row.unit)].name if row.unit in units else row.unit, row.school_form,
                None if row.year is None else int(row.year), row.start, row.end,
                _YES[row.cancelled], row.education_code or row.programme, row.leaving,
            ]
            for row in rows if isinstance(row, items.EnrolmentItem)
        ],
    )  # fmt: skip


def _leavings(rows: Rows) -> Section:
    """Cases of leaving, transfers and notices; where to is left out, since the threat may come from home."""
    kinds = {LeavingItem: "Ärende om avslut", TransferItem: "Skolbyte", NoticeItem: "Underrättelse"}
    return section(
        "register.leaving", "Skolbyte och avslut", "Change of school and leaving",
        {
            "kind": ("Slag", "Kind"),
            "at": ("Från", "Since"),
            "state": ("Läge", "State"),
            "reason": ("Skäl", "Reason"),
            "lastDay": ("Sista dag", "Last day"),
        },
        [
            [
                kinds[type(row)], row.data.get("opened") or row.data.get("asked") or row.data.get("created"),
                row.data.get("state") or row.data.get("purpose"), row.data.get("reason"),
                row.data.get("last_day") or row.data.get("day"),
            ]
            for row in rows if isinstance(row, (LeavingItem, TransferItem, NoticeItem))
        ],
    )  # fmt: skip


def _custody(rows: Rows) -> Section:
    """That there is a relation and which; who the other is belongs to the other."""
    parts = [
        (row.relation, _PART[isinstance(row, items.GuardianItem)], row.start, row.end)
        for row in rows if isinstance(row, (items.GuardianItem, items.ChildItem))
    ]  # fmt: skip
    return section(
        "register.custody", "Vårdnad och ansvar", "Custody and responsibility",
        {
            "relationType": ("Relation", "Relation"),
            "part": ("Personens del i relationen", "The person's part in it"),
            "start": ("Från", "From"),
            "end": ("Till", "To"),
        },
        parts,
    )  # fmt: skip


def _watch(person: PersonId) -> Section:
    """Cases of the compulsory-school watch and the activity responsibility with their notes, and exceptions;
    which school is left out, since it says where a protected person is.
    """
    cases, exceptions = watch_of(person)
    told = [row for case in cases for row in _case_rows(case)]
    told += [
        ["Undantag", e.kind, e.start.isoformat(), e.end.isoformat() if e.end else None, None]
        for e in exceptions
    ]
    return _watch_section(told)


def told_of_case(case: Case) -> Section:
    """One case with its notes, as an archive shows it. One consistent query."""
    return _watch_section(_case_rows(case))


def _case_rows(case: Case) -> list[list[Value]]:
    opened, closed = case.opened.isoformat(), case.closed.isoformat() if case.closed else None
    told: list[list[Value]] = [["Ärende", f"{case.watch}: {case.reason}", opened, closed, case.close_reason]]
    notes = events_of(case.id)
    return told + [["Notering", f"{e.event}: {e.code}", e.start, e.end, e.reference] for e in notes]


def _watch_section(told: list[list[Value]]) -> Section:
    return section(
        "register.watch", "Skolplikt och aktivitetsansvar", "School attendance and activity",
        {
            "kind": ("Slag", "Kind"),
            "what": ("Vad", "What"),
            "start": ("Från", "From"),
            "end": ("Till", "To"),
            "note": ("Avslutsskäl eller diarienummer", "Reason for closing, or registry number"),
        },
        told,
    )  # fmt: skip
