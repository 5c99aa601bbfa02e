"""A page of the catalogue of grades (betygskatalog, SkolF 6:10): the decisions that were made in one go, as
people and machines read them, signed by everybody who decided and sealed by the municipality.

The pages of a series follow each other: each has a number and the digest of the file before it, so that a
page that is missing or replaced shows. Nothing on a page is ever changed; what is decided later is on a later
one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from functions.grades.domain.catalogue import Entry, Term, row
from functions.grades.domain.orders import Order, Signer, Signing, digest_of, place_of
from functions.grades.domain.periods import Period
from skolkit.clock import LOCAL, stamp
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

FORMAT = "skolkit-catalogue-page/1"
PROTECTED = "Skyddade personuppgifter"
Kind = Literal["decisions", "closing"]
"""What was decided in one go, or the whole sheet when the principal closes the period."""


class PageWithheld(DomainError):
    """A page cannot be changed, and names somebody who has protected identity by now: it is for who may read
    that person's grades.
    """

    reason = Text(
        "Sidan namnger någon som numera har skyddade personuppgifter.",
        "The page names somebody who has protected identity by now.",
    )
    advice = Text("Be rektor för skolenheten ta fram den.", "Ask the unit's principal for it.")
    law = "offentlighets- och sekretesslagen 21:3, 22:1"


class NotWhatWasDecided(DomainError):
    """Entries are not those that an order says were decided: somebody has been at the catalogue."""

    reason = Text(
        "Besluten i katalogen är inte de som ordern {order} gäller.",
        "The decisions in the catalogue are not those of order {order}.",
    )
    advice = Text(
        "Jämför med revisionsspåret och tabellens återställning.",
        "Compare with the audit trail and the table's restore.",
    )
    law = "skolförordningen 6:10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Pages that follow each other: a sheet's (an activity in a period), or of a pupil's decisions that have
    no sheet.
    """

    period: str = ""
    activity: str = ""
    pupil: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be made. `order` is the signing order it answers; `number` counts the pages of the series and
    `previous` is the SHA-256 of the file before it ("" for the first).
    """

    order: str
    kind: Kind
    series: Series
    unit: UnitId
    number: int
    previous: str
    entries: tuple[Entry, ...]
    signings: tuple[Signing, ...]
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPage:
    """A page as it is kept: the file's SHA-256 and its version in the bucket; `pupils` are those it is about,
    `named` everybody whose name it shows, `entries` how many decisions are on it.
    """

    series: Series
    unit: UnitId
    number: int
    kind: Kind
    order: str
    sha256: str
    version: str
    made: datetime
    signers: tuple[Signer, ...]
    pupils: tuple[PersonId, ...]
    named: tuple[PersonId, ...]
    entries: int


@dataclass(frozen=True, slots=True)
class Person:
    """A name and, of pupils, the identity number. Of somebody with protected identity there is none."""

    name: str
    civic_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the ids on a page are called. `group` is "" where there is no sheet; `people` lacks who has
    protected identity, and who is unknown.
    """

    municipality: str
    unit: str
    unit_code: str
    group: str
    period: str
    people: Mapping[PersonId, Person]


def attached(page: Page, words: Words) -> str:
    """The page for machines: every entry as it is in the catalogue with its digest, and what the ids mean.
    The same page, the same text.
    """
    people = {
        id: {"name": found.name} | ({"civicNo": found.civic_no} if found.civic_no else {})
        if (found := words.people.get(id))
        else {"protected": True}
        for id in sorted(_people(page))
    }
    said = {
        "format": FORMAT,
        "municipality": words.municipality,
        "unit": {"id": page.unit, "code": words.unit_code, "name": words.unit},
        "series": {
            "period": page.series.period, "activity": page.series.activity, "pupil": page.series.pupil,
            "periodName": words.period, "group": words.group,
        },
        "page": {
            "number": page.number, "kind": page.kind, "order": page.order, "made": stamp(page.made),
            "previous": page.previous,
        },
        "entries": [row(entry) | {"digest": entry.digest} for entry in page.entries],
        "digest": digest_of(page.entries),
        "people": people,
        "signers": [_signer(page, one) for one in page.signings],
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _signer(page: Page, signing: Signing) -> dict[str, object]:
    """Whose a signature is, what for, and in which words it says so."""
    one, mine = signing.signer, _signed_by(page, signing)
    return {
        "person": one.person, "role": one.role, "at": stamp(one.at), "signedInAt": stamp(one.signed_in_at),
        "level": one.level, "entries": [entry.id for entry in mine], "digest": digest_of(mine),
        "reason": reason(page, signing),
    }  # fmt: skip


def _signed_by(page: Page, signing: Signing) -> list[Entry]:
    places = set(signing.entries)
    return [entry for entry in page.entries if place_of(entry) in places]


def broken(*pages: Mapping[str, Any]) -> list[str]:
    """What does not add up in pages for machines: decisions altered, left out, moved, or not signed by
    everybody who made them. A pupil's decisions follow each other by digest, also from page to page, where no
    number is missing between them.
    """
    faults = []
    for page in pages:
        faults += [f"beslut {entry['id']} är ändrat" for entry in page["entries"] if not _as_digested(entry)]
        if _digest_of(page["entries"]) != page["digest"]:
            faults.append(f"sida {page['page']['number']}: beslut saknas")
        faults += _unsigned(page)
    if faults:
        return faults
    known = dict[tuple[str, int], Mapping[str, Any]]()
    for entry in (one for page in pages for one in page["entries"]):
        same = known.setdefault((entry["pupil"], entry["number"]), entry)
        if same["digest"] != entry["digest"]:
            faults.append(f"beslut {entry['id']} har samma nummer som {same['id']}")
    for (pupil, number), entry in known.items():
        before = known.get((pupil, number - 1))
        if (before["digest"] if before else "") != entry.get("previous", "") and (before or number == 1):
            faults.append(f"beslut {entry['id']} följer inte på elevens förra")
    return faults


def _as_digested(entry: Mapping[str, Any]) -> bool:
    """Whether an entry's digest is that of what it says (`catalogue.canonical`)."""
    said = {name: value for name, value in entry.items() if name != "digest"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return bool(hashlib.sha256(text.encode()).hexdigest() == entry["digest"])


def _digest_of(entries: Iterable[Mapping[str, Any]]) -> str:
    """As `orders.digest_of`."""
    ordered = sorted(entries, key=lambda one: (one["pupil"], one["number"]))
    return hashlib.sha256("\n".join(one["digest"] for one in ordered).encode()).hexdigest()


def _unsigned(page: Mapping[str, Any]) -> list[str]:
    """Decisions that lack the signature of somebody who made them, and signatures for other ones. When the
    principal closes a period the decisions have been signed before, on pages of their own.
    """
    faults, signed = list[str](), dict[str, set[str]]()
    for signer in page["signers"]:
        mine = [entry for entry in page["entries"] if entry["id"] in signer["entries"]]
        if _digest_of(mine) != signer["digest"] or signer["digest"] not in signer["reason"]:
            faults.append(f"sida {page['page']['number']}: en underskrift gäller andra beslut")
        for entry in mine:
            signed.setdefault(entry["id"], set()).add(signer["person"])
    for entry in page["entries"] if page["page"]["kind"] == "decisions" else ():
        if {one["person"] for one in entry["deciders"]} != signed.get(entry["id"], set()):
            faults.append(f"beslut {entry['id']} är inte undertecknat av dem som fattade det")
    return faults


def content(page: Page, words: Words) -> dict[str, object]:
    """The page for people, as the template lays it out."""
    first = page.entries[0]
    return {
        "title": f"Betygskatalog, {first.subject.name}, sida {page.number}",
        "closing": page.kind == "closing",
        "head": [
            ["Huvudman", words.municipality],
            ["Skolenhet", words.unit + (f", skolenhetskod {words.unit_code}" if words.unit_code else "")],
            ["Ämne", _subject(first)],
            *([["Undervisningsgrupp", words.group]] if words.group else []),
            ["Betygsperiod" if page.series.period else "Termin", words.period],
            ["Upprättad", _time(page.made)],
        ],
        "rows": [_row(entry, words) for entry in page.entries],
        "signers": [
            [
                one.signer.title, _name(one.signer.person, words), _time(one.signer.at),
                _time(one.signer.signed_in_at), str(one.signer.level or "lokal inloggning"),
                f"{len(_signed_by(page, one))} av {len(page.entries)}",
            ]
            for one in page.signings
        ],
        "number": page.number,
        "previous": page.previous,
        "digest": digest_of(page.entries),
        "order": page.order,
    }  # fmt: skip


def check_decided(entries: Iterable[Entry], orders: Iterable[Order]) -> None:
    """Raises `NotWhatWasDecided` unless the entries are as they were when each order was made."""
    known = {(entry.pupil, entry.number): entry for entry in entries}
    for order in orders:
        mine = [known[place] for place in order.entries if place in known]
        if digest_of(mine) != order.digest:
            raise NotWhatWasDecided(field="order", value=order.id, order=order.id)


def by_name(page: Page, words: Words) -> Page:
    """The page with its decisions in order of the pupils' names, those with protected identity last."""

    def place(entry: Entry) -> tuple[bool, str, str, int]:
        known = words.people.get(entry.pupil)
        return known is None, known.name if known else "", entry.pupil, entry.number

    return replace(page, entries=tuple(sorted(page.entries, key=place)))


def period_name(period: Period) -> str:
    """What a period is called.

    >>> from datetime import date
    >>> from skolkit.sweden.codes import SchoolForm
    >>> days = {"opens": date(2026, 12, 1), "due": date(2026, 12, 18)}
    >>> unit = UnitId("0192d3a0-0000-7000-8000-00000000aaaa")
    >>> form = SchoolForm.COMPULSORY
    >>> period_name(
    ...     Period(id="", unit=unit, form=form, years=(8, 9), school_year="2026/2027", term="HT", **days)
    ... )
    'Höstterminen läsåret 2026/2027, årskurs 8, 9'
    """
    years = f", årskurs {', '.join(map(str, period.years))}" if period.years else ""
    return f"{term_name(period.term, period.school_year)}{years}"


def term_name(term: Term, school_year: str) -> str:
    """What a term is called.

    >>> term_name("VT", "2026/2027")
    'Vårterminen läsåret 2026/2027'
    """
    name = {"HT": "Höstterminen", "VT": "Vårterminen"}[term]
    return f"{name} läsåret {school_year}"


def reason(page: Page, signing: Signing) -> str:
    """What a signature is for, in words that it covers itself: which decisions, and the own sign-in."""
    what = "Stänger betygsperioden" if page.kind == "closing" else "Betygsbeslut"
    signer, mine = signing.signer, _signed_by(page, signing)
    return (
        f"{what}, order {page.order}, {len(mine)} beslut {digest_of(mine)}, "
        f"inloggad {stamp(signer.signed_in_at)} nivå {signer.level}"
    )


def named(page: Page, words: Words) -> tuple[PersonId, ...]:
    """Whose names are on the page."""
    return tuple(sorted(id for id in _people(page) if id in words.people))


def wanted(page: Page) -> tuple[tuple[PersonId, ...], tuple[PersonId, ...]]:
    """The pupils and the staff that a page names."""
    pupils = {entry.pupil for entry in page.entries}
    return tuple(sorted(pupils)), tuple(sorted(_people(page) - pupils))


def _people(page: Page) -> set[PersonId]:
    staff = {decider.person for entry in page.entries for decider in entry.deciders}
    return {entry.pupil for entry in page.entries} | staff | {one.signer.person for one in page.signings}


_KINDS = {
    "decision": "Beslut",
    "correction": "Rättelse",
    "change": "Ändring",
    "trial": "Prövning",
    "imported": "Inläst",
    "withdrawal": "Återtagande",
}
_REASONS = {
    "disagreement": "lärarna var oeniga",
    "hindered": "läraren var förhindrad",
    "miswriting": "skrivfel",
    "miscount": "räknefel",
    "otherEvident": "liknande uppenbart förbiseende",
    "newCircumstances": "nya omständigheter",
    "otherReason": "annan anledning",
    "wrongImport": "fel i det inlästa",
}


def _row(entry: Entry, words: Words) -> list[str]:
    pupil = words.people.get(entry.pupil)
    return [
        pupil.name if pupil else f"{PROTECTED}, ref. {entry.pupil}",
        (pupil.civic_no or "saknas") if pupil else "–",
        str(entry.year or ""),
        "–" if entry.value == "-" else entry.value,
        "ja" if entry.finished else "nej",
        _KINDS[entry.kind],
        ", ".join(_decider(entry, n, words) for n in range(len(entry.deciders))),
        _time(entry.at),
        _remarks(entry),
        f"{entry.number} · {entry.digest[:16]}",
    ]


def _decider(entry: Entry, n: int, words: Words) -> str:
    one = entry.deciders[n]
    held = [word for word, has in (("legitimerad", one.certified), ("behörig", one.qualified)) if has]
    role = "rektor" if one.role == "principal" else " och ".join(held) or "ej legitimerad"
    return f"{_name(one.person, words)} ({role})"


def _remarks(entry: Entry) -> str:
    """What else the decision says: why there is a dash, adapted studies, what it replaces and why."""
    said = [
        "Underlag saknas på grund av frånvaro" if entry.value == "-" else "",
        entry.adapted and f"Anpassat: {entry.adapted}",
        entry.support and f"Skriftlig bedömning: {entry.support}",
        entry.remark,
        entry.replaces and f"Ersätter beslut {entry.replaces}",
        entry.reason and f"Skäl: {_REASONS.get(entry.reason, entry.reason)}",
        entry.source and f"Källa: {entry.source}",
    ]
    return ". ".join(filter(None, said))


def _subject(entry: Entry) -> str:
    subject = entry.subject
    choice = {"languageChoice": "språkval", "pupilsChoice": "elevens val"}.get(subject.choice or "", "")
    size = f"{subject.points} poäng" if subject.points else ""
    return ", ".join(filter(None, (subject.name, subject.code, subject.language, choice, size)))


def _name(person: PersonId, words: Words) -> str:
    found = words.people.get(person)
    return found.name if found else f"ref. {person}"


def _time(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
