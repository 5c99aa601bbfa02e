"""The organisation's part of a register extract: a person's groups, duties and teaching, study plans and
choices. Others in the same rows (who replaced, delegated, wished, decided) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from functions.organisation.domain.electives import Round
from functions.organisation.domain.units import UnitRecord
from functions.organisation.store import electives as electives_store
from functions.organisation.store.activities import TaughtItem, wanted_activities
from functions.organisation.store.base import OrganisationItem
from functions.organisation.store.duties import CertificationItem, DutyItem
from functions.organisation.store.groups import PartsItem, wanted_groups
from functions.organisation.store.stand_ins import DelegationItem, SubstitutionItem
from functions.organisation.store.study_plans import PlanVersionItem
from functions.organisation.store.units import wanted_units
from functions.register import queries as register
from skolkit.clock import stamp
from skolkit.extracts import Requested, Section, Value, section
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId

Rows = Sequence[OrganisationItem]
Units = Mapping[UnitId, UnitRecord]
_PARTS = {"member": "elev", "mentor": "mentor", "teacher": "lärare"}
_DATES = {"start": ("Från", "From"), "end": ("Till", "To")}
_UNIT = ("Skolenhet", "School unit")
_YES = {True: "ja", False: "nej"}


def gather(asked: Requested) -> list[Section]:
    """What lies with the person and, of a pupil, with the choice rounds of their schools. A consistent query
    and batches of groups, activities and units; of a pupil a query and two batches per school.
    """
    rows = list(OrganisationItem.query(f"PERSON#{asked.person}", consistent_read=True))
    taught = [part for row in rows if isinstance(row, TaughtItem) for part in row.parts]
    held = [row.unit for row in rows if isinstance(row, (DutyItem, DelegationItem, SubstitutionItem))]
    ids = dict.fromkeys(UnitId(unit) for unit in (*held, *(part[1] for part in taught)) if unit)
    (units,) = fetch(wanted_units(list(ids)))
    return [
        _groups(rows), _duties(rows, units), _delegations(rows, units), _substitutions(rows, units),
        _certification(rows), _activities(taught, units), _study_plans(rows), *_choices(asked.person),
    ]  # fmt: skip


def _groups(rows: Rows) -> Section:
    parts = [part for row in rows if isinstance(row, PartsItem) for part in row.parts]
    (groups,) = fetch(wanted_groups([GroupId(group) for group, *_ in parts]))
    return section(
        "organisation.group", "Klasser och grupper", "Classes and groups",
        {"group": ("Grupp", "Group"), "part": ("Del", "Part"), **_DATES},
        [
            [groups[id].name if id in groups else id, _PARTS.get(part, part), start, end]
            for id, part, start, end in parts
        ],
    )  # fmt: skip


def _duties(rows: Rows, units: Units) -> Section:
    return section(
        "organisation.duty", "Tjänster", "Duties",
        {
            "role": ("Behörighet", "Opens"), "dutyRole": ("Tjänst", "Duty"), "unit": _UNIT, **_DATES,
            "signature": ("Signatur", "Signature"), "percent": ("Omfattning, %", "Percent"),
            "description": ("Beskrivning", "Description"),
        },
        [
            [
                d.role, d.duty_role, _name(units, d.unit), d.start, d.end, d.signature,
                None if d.percent is None else int(d.percent), d.description,
            ]
            for d in rows if isinstance(d, DutyItem)
        ],
    )  # fmt: skip


def _delegations(rows: Rows, units: Units) -> Section:
    return section(
        "organisation.delegation", "Delegationer till personen", "Delegations to the person",
        {
            "unit": _UNIT, **_DATES, "ended": ("Återkallad", "Revoked"),
            "actions": ("Vad", "What"), "basis": ("Grund", "Ground"),
        },
        [
            [_name(units, d.unit), d.start, d.end, d.ended, ", ".join(d.actions), d.basis]
            for d in rows if isinstance(d, DelegationItem)
        ],
    )  # fmt: skip


def _substitutions(rows: Rows, units: Units) -> Section:
    return section(
        "organisation.duty", "Vikariat", "Substitutions",
        {"unit": _UNIT, **_DATES, "ended": ("Avslutat", "Ended")},
        [
            [_name(units, s.unit), s.start, s.end, s.ended]
            for s in rows if isinstance(s, SubstitutionItem)
        ],
    )  # fmt: skip


def _certification(rows: Rows) -> Section:
    return section(
        "organisation.certification", "Legitimation och behörighet", "Certification",
        {
            "certified": ("Legitimerad", "Certified"), "since": ("Sedan", "Since"),
            "qualifications": ("Behörig i", "Qualified in"),
        },
        [
            [
                _YES[row.certified], row.since,
                "; ".join(f"{subject} {form} {a}–{b}" for subject, form, a, b in row.qualifications),
            ]
            for row in rows if isinstance(row, CertificationItem)
        ],
    )  # fmt: skip


def _activities(taught: Sequence[Sequence[str]], units: Units) -> Section:
    (activities,) = fetch(wanted_activities(list(dict.fromkeys(part[0] for part in taught))))
    return section(
        "organisation.activity", "Undervisning i tjänsten", "Teaching in the duty",
        {
            "activity": ("Aktivitet", "Activity"), "unit": _UNIT,
            "minutes": ("Minuter i allt", "Minutes in all"), **_DATES,
        },
        [
            [activities[id].name if id in activities else id, _name(units, unit), minutes, start, end]
            for id, unit, _, minutes, start, end in taught
        ],
    )  # fmt: skip


def _study_plans(rows: Rows) -> Section:
    """Every version; the present one is the last of them."""
    return section(
        "organisation.study_plan", "Studieplaner", "Study plans",
        {
            "changed": ("Ändrad", "Changed"), **_DATES, "programme": ("Program", "Programme"),
            "scope": ("Omfattning", "Scope"), "swedish": ("Svenska", "Swedish"),
            "languages": ("Språkval och modersmål", "Languages"), "entries": ("Innehåll", "Content"),
            "adaptation": ("Anpassad", "Adapted"),
        },
        [
            [
                p.changed_at, p.start, p.end, p.programme, p.scope, p.swedish,
                ", ".join(filter(None, (p.sprakval, p.mother_tongue))) or None,
                ", ".join(title or syllabus for syllabus, _, title, *_ in p.entries),
                _adaptation(p.adaptation) if p.adaptation else None,
            ]
            for p in rows if isinstance(p, PlanVersionItem)
        ],
    )  # fmt: skip


def _adaptation(row: Sequence[str | None]) -> str:
    kind, reason, law, _, at, start, end = row
    return f"{kind}, {law}, beslutad {at}, {start} – {end or ''}: {reason}"


def _choices(pupil: PersonId) -> list[Section]:
    """Wishes and what came of them; who else wished for the pupil is not named."""
    record = register.pupils([pupil]).get(pupil)
    schools = dict.fromkeys(enrolment.unit for enrolment in record.enrolments) if record else {}
    rounds = [round for unit in schools for round in electives_store.rounds_of(unit)]
    wishes, results = electives_store.of_pupil([round.id for round in rounds], pupil)
    wished: list[list[Value]] = [
        [
            *_round(round), "personen själv" if wish.by == pupil else "någon annan", stamp(wish.at),
            _options(round, wish.options),
        ]
        for round in rounds for wish in wishes.get(round.id, ())
    ]  # fmt: skip
    came: list[list[Value]] = [
        [*_round(round), _options(round, [option]), reason, results[round.id].lot]
        for round in rounds if round.id in results for option, reason in results[round.id].outcome
    ]  # fmt: skip
    head = {"round": ("Omgång", "Round"), "schoolYear": ("Läsår", "School year")}
    return [
        section(
            "organisation.elective", "Önskemål om val", "Wishes",
            head | {"by": ("Av", "By"), "at": ("När", "When"), "options": ("I ordning", "In order")}, wished,
        ),
        section(
            "organisation.elective", "Utfall av val", "What came of them",
            head | {"option": ("Val", "Option"), "reason": ("Utfall", "Outcome"), "lot": ("Lott", "Lot")},
            came,
        ),
    ]  # fmt: skip


def _round(round: Round) -> list[str]:
    return [round.title, str(round.school_year)]


def _options(round: Round, ids: Sequence[str]) -> str:
    names = {str(option.id): option.name for option in round.options}
    return ", ".join(names.get(str(id), str(id)) for id in ids)


def _name(units: Units, unit: str | None) -> str | None:
    found = units.get(UnitId(unit)) if unit else None
    return found.name if found else unit
