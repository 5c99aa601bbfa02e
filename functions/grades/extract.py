"""The part of grades in a register extract: a pupil's whole catalogue and what is proposed; a teacher's own
proposals and decisions; cases and trials.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from functions.grades.case_extract import sections_of, vouched_text
from functions.grades.domain.catalogue import Entry
from functions.grades.domain.documents import KINDS, Document
from functions.grades.domain.grading import Line, Sheet
from functions.grades.domain.orders import Order, Signing
from functions.grades.domain.pages import Series, SignedPage
from functions.grades.domain.periods import Period
from functions.grades.store import catalogue, documents, orders, pages
from functions.grades.store import periods as store
from functions.organisation import queries as organisation
from functions.organisation.queries import ActivityRecord
from skolkit.clock import stamp, today
from skolkit.extracts import Requested, Section, section
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId

YEARS = 4
"""School years whose sheets may still be kept."""


def gather(asked: Requested) -> list[Section]:
    """A query for the pupil's entries; for the sheets a query per unit and school year, for staff two more
    for each of those periods (its sheets and its orders), and one per sheet of a teacher or pupil.
    """
    person = asked.person
    pairs, staffed = _pairs(asked.kept or person)
    sheets: dict[tuple[str, str], Sheet] = fetch(
        store.wanted_sheets([(period.id, activity.id) for period, activity in pairs])
    )[0]
    decided = [
        (order, signing)
        for period in staffed
        for order in orders.orders_in(period.id)
        for signing in order.signings_of(person)
    ]
    signed = [
        page
        for period, activity in pairs
        for page in pages.pages_of(Series(period=period.id, activity=activity.id))[0]
        if person in {*page.pupils, *page.named, *(one.person for one in page.signers)}
    ]
    signed += pages.pages_of_pupil(person)
    return [
        _entries(catalogue.entries([person])), _proposals(person, pairs, sheets), _decided(decided),
        _closed(person, staffed), *sections_of(person),
        _documents(documents.documents_of([person])), _issued(documents.issued_by(person)),
        _pages(signed),
    ]  # fmt: skip


def _pairs(person: PersonId) -> tuple[list[tuple[Period, ActivityRecord]], list[Period]]:
    """The periods and activities that a person has had to do with, as pupil, teacher or appointed; and the
    periods of the units where the person works or has taught.
    """
    parts, taught = fetch(organisation.wanted_parts([person]), organisation.wanted_taught([person]))
    (of_groups,) = fetch(organisation.wanted_activities_of_groups([part.group for part in parts[person]]))
    work = {duty.unit for duty in organisation.duties_of(person) if duty.unit}
    staffed = _periods(work | {part.unit for part in taught[person]})
    appointed = {
        sheet.activity
        for period in staffed
        for sheet in store.sheets_of(period.id).values()
        if sheet.appointed == person
    }
    ids = {*(t.activity for t in taught[person]), *(id for found in of_groups.values() for id in found)}
    (activities,) = fetch(organisation.wanted_activities(sorted(ids | appointed)))
    periods = [*staffed, *_periods({a.unit for a in activities.values()} - {p.unit for p in staffed})]
    pairs = [
        (period, activity)
        for period in periods
        for activity in activities.values()
        if activity.unit == period.unit
    ]
    return pairs, staffed


def _periods(units: Iterable[UnitId]) -> list[Period]:
    """The periods of units whose sheets may still be kept."""
    first = SchoolYear.of(today()).start_year
    return [
        period
        for unit in sorted(units)
        for year in range(first - YEARS + 1, first + 1)
        for period in store.periods_of(unit, str(SchoolYear(year)))
    ]


def _entries(entries: Iterable[Entry]) -> Section:
    return section(
        "grades.catalogue", "Betygskatalogen", "The catalogue of grades",
        {
            "number": ("Nummer", "Number"), "at": ("Beslutat", "Decided"), "subject": ("Ämne", "Subject"),
            "value": ("Betyg", "Grade"), "finished": ("Avslutat", "Finished"), "kind": ("Slag", "Kind"),
            "adapted": ("Anpassade studier", "Adapted studies"), "remark": ("Anmärkning", "Remark"),
            "support": ("Omdöme vid F", "Assessment at F"), "title": ("Titel", "Title"),
            "reason": ("Skäl", "Reason"), "source": ("Källa", "Source"),
        },
        [
            [
                str(e.number), stamp(e.at), e.subject.name, e.value, "ja" if e.finished else "nej", e.kind,
                e.adapted, e.remark, e.support, e.title, e.reason, e.source,
            ]
            for e in entries
        ],
    )  # fmt: skip


def _proposals(
    person: PersonId, pairs: Iterable[tuple[Period, ActivityRecord]], sheets: dict[tuple[str, str], Sheet]
) -> Section:
    """What is proposed for a pupil, and what a teacher has proposed."""
    rows = []
    for period, activity in pairs:
        sheet = sheets.get((period.id, activity.id))
        lines = sheet.lines.values() if sheet else ()
        rows += [
            [
                activity.name,
                period.due.isoformat(),
                value,
                line.remark,
                line.adapted,
                line.support,
                line.title,
                vouched_text(line.signed[person]) if person in line.signed else "",
            ]
            for line in lines
            for value in _values(line, person)
        ]
        if sheet and sheet.appointed == person:
            rows.append([activity.name, period.due.isoformat(), "utsedd att besluta", *[""] * 5])
    return section(
        "grades.sheet", "Förslag till betyg", "Proposals for grades",
        {
            "activity": ("Grupp", "Group"), "due": ("Klart senast", "Due"), "value": ("Förslag", "Proposal"),
            "remark": ("Anmärkning", "Remark"), "adapted": ("Anpassade studier", "Adapted studies"),
            "support": ("Omdöme vid F", "Assessment at F"), "title": ("Titel", "Title"),
            "decided": ("Eget beslut", "Own decision"),
        },
        rows,
    )  # fmt: skip


def _values(line: Line, person: PersonId) -> list[str]:
    """The proposals for a pupil (one row at least where there is a line), or a teacher's own of a pupil."""
    if line.pupil == person:
        return sorted(line.proposals.values()) or ["inget"]
    return [line.proposals[person]] if person in line.proposals else []


def _decided(taught: Iterable[tuple[Order, Signing]]) -> Section:
    """What somebody has decided and signs, with which sign-in: the own one alone."""
    return section(
        "grades.catalogue", "Beslut om betyg", "Decisions on grades",
        {
            "at": ("Beslutat", "Decided"), "signedIn": ("Inloggad", "Signed in"),
            "level": ("Tillitsnivå", "Level of assurance"), "pupils": ("Elever", "Pupils"),
            "order": ("Signeringsorder", "Signing order"),
        },
        [
            [
                stamp(one.signer.at), stamp(one.signer.signed_in_at), str(one.signer.level),
                str(len(one.entries)) if order.entries else "hela perioden", order.id,
            ]
            for order, one in taught
        ],
    )  # fmt: skip


def _documents(known: Iterable[Document]) -> Section:
    return section(
        "grades.document", "Betygsdokument", "Grade documents",
        {
            "kind": ("Slag", "Kind"), "number": ("Nummer", "Number"), "at": ("Utfärdat", "Issued"),
            "by": ("Av rektor själv", "By the principal in person"), "state": ("Läge", "State"),
            "ended": ("Upphörde", "Ended"), "sha256": ("Kontrollsumma", "Checksum"),
        },
        [
            [
                KINDS[d.kind].title.sv, d.number, stamp(d.at), "ja" if d.role == "principal" else "nej",
                d.state, stamp(d.ended) if d.ended else "", d.sha256,
            ]
            for d in known
        ],
    )  # fmt: skip


def _issued(rows: Iterable[tuple[str, str]]) -> Section:
    return section(
        "grades.document", "Utfärdade betygsdokument", "Grade documents issued",
        {"number": ("Nummer", "Number"), "at": ("Utfärdat", "Issued")},
        [[number, at] for number, at in rows],
    )  # fmt: skip


def _pages(signed: Iterable[SignedPage]) -> Section:
    return section(
        "grades.catalogue", "Undertecknade sidor i betygskatalogen", "Signed pages of the catalogue",
        {
            "made": ("Upprättad", "Made"), "number": ("Sida", "Page"), "pupils": ("Elever", "Pupils"),
            "sha256": ("SHA-256", "SHA-256"),
        },
        [[stamp(p.made), str(p.number), str(len(p.pupils)), p.sha256] for p in signed],
    )  # fmt: skip


def _closed(person: PersonId, periods: Iterable[Period]) -> Section:
    def day(at: date | None) -> str:
        return at.isoformat() if at else ""

    return section(
        "grades.period", "Stängda betygsperioder", "Closed grading periods",
        {"due": ("Klart senast", "Due"), "closed": ("Stängd", "Closed")},
        [[p.due.isoformat(), day(p.closed)] for p in periods if p.closed_by == person],
    )  # fmt: skip
