"""Cases of upper-secondary pupils' invalid absence: with the pupil, and in a list of the unit's month."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from functions.attendance.domain.csn import Case, Finding, Missed, Reported
from functions.attendance.store import AttendanceItem, DeviationItem, compact
from skolkit.clock import stamp
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.jobs import JobItem
from skolkit.table import Overwrite, Wanted, Write, fetch
from skolkit.types import LessonId, PersonId, UnitId, new_id


class CsnCaseItem(AttendanceItem, discriminator="csn_case"):
    """A pupil's month."""

    unit = UnicodeAttribute()
    state = UnicodeAttribute()
    rules = UnicodeAttribute()
    finding = UnicodeAttribute(null=True)
    decided = UnicodeAttribute(null=True)
    corrected = BooleanAttribute(default=False)
    file = UnicodeAttribute(null=True)
    full_time = UnicodeAttribute(null=True)
    back_file = UnicodeAttribute(null=True)


class CsnListedItem(AttendanceItem, discriminator="csn_listed"):
    """That a unit's month has a pupil's case."""


class CsnDecisionItem(AttendanceItem, discriminator="csn_decision"):
    """What was decided, by whom and as what, on what absence, by which rules. Never changed."""

    decision = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    role = UnicodeAttribute()
    delegated = BooleanAttribute(default=False)
    at = UnicodeAttribute()
    rules = UnicodeAttribute()
    about = UnicodeAttribute(null=True)


class CsnJobItem(JobItem, discriminator="csn_job"):
    """A going through of a month."""

    class Meta:
        table_name = table_name("attendance")


def _case_key(pupil: PersonId, month: date) -> tuple[str, str]:
    return f"PUPIL#{pupil}", f"CSN#{month}"


def find_case(pupil: PersonId, month: date) -> Case | None:
    """A pupil's case of a month; one consistent get."""
    item = CsnCaseItem.find(*_case_key(pupil, month))
    return _case(item) if item else None


def wanted_cases(pupils: Sequence[PersonId], month: date) -> Wanted[list[Case]]:
    """Pupils' cases of a month, for `fetch`, in the order asked for."""
    keys = [_case_key(pupil, month) for pupil in pupils]
    return Wanted(CsnCaseItem, keys, lambda found: [_case(found[key]) for key in keys if key in found])


def months_of(pupils: Sequence[PersonId]) -> list[date]:
    """The months of which pupils have cases. A consistent query each."""
    cases = CsnCaseItem.sk.startswith("CSN#")
    rows = [row for id in pupils for row in AttendanceItem.query(f"PUPIL#{id}", cases, consistent_read=True)]
    return sorted(
        {date.fromisoformat(str(row.sk).partition("#")[2]) for row in rows if isinstance(row, CsnCaseItem)}
    )


def page_of_cases(
    unit: UnitId, month: date, limit: int, cursor: str | None, caller: str
) -> tuple[list[Case], str | None]:
    """A unit's cases of a month, by pupil. One query and one batch."""
    bound = ("csn", unit, str(month), caller)
    found = CsnListedItem.query(
        f"CSN#{unit}", CsnListedItem.sk.startswith(f"{month}#"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    pupils = [PersonId(row.sk.partition("#")[2]) for row in found]
    cases: list[Case] = fetch(wanted_cases(pupils, month))[0]
    return cases, seal(found.last_evaluated_key, *bound)


def cases_of(unit: UnitId, month: date) -> Iterator[Case]:
    """All of a unit's cases of a month, as they are now. One query, and a consistent batch per 100."""
    rows = CsnListedItem.query(f"CSN#{unit}", CsnListedItem.sk.startswith(f"{month}#"), consistent_read=True)
    pupils = [PersonId(row.sk.partition("#")[2]) for row in rows]
    yield from fetch(wanted_cases(pupils, month), consistent=True)[0]


def missed(records: Sequence[PersonId], first: date, last: date) -> list[Missed]:
    """The lessons of a span with unexcused minutes, of all of a pupil's records. A consistent query each."""
    between = DeviationItem.sk.between(f"D#{first}#", f"D#{last}#~")
    found = [
        row for id in records for row in AttendanceItem.query(f"PUPIL#{id}", between, consistent_read=True)
    ]
    return [
        Missed(LessonId(row.lesson), datetime.fromisoformat(row.starts), row.subject, int(row.invalid))
        for row in found if isinstance(row, DeviationItem) and row.invalid
    ]  # fmt: skip


def case_writes(case: Case) -> list[Write]:
    """The case over the version read; a new one is listed."""
    pk, sk = _case_key(case.pupil, case.month)
    item = CsnCaseItem(
        pk, sk, unit=case.unit, state=case.state, rules=case.rules, corrected=case.corrected, file=case.file,
        full_time=case.full_time.isoformat() if case.full_time else None, back_file=case.back_file,
        finding=compact(_finding_row(case.finding)) if case.finding else None,
        decided=compact(_reported_row(case.decided)) if case.decided else None,
    )  # fmt: skip
    listed = CsnListedItem(f"CSN#{case.unit}", f"{case.month}#{case.pupil}")
    return [item.over(case.version), *([] if case.version else [Overwrite(listed)])]


def decision_item(
    case: Case, decision: str, reason: str | None, by: PersonId, role: str, at: datetime, *, delegated: bool
) -> CsnDecisionItem:
    """A decision about a case, in the order of deciding."""
    pk, sk = _case_key(case.pupil, case.month)
    return CsnDecisionItem(
        pk, f"{sk}#{stamp(at)}#{new_id()}", decision=decision, reason=reason, by=by, role=role,
        delegated=delegated, at=stamp(at), rules=case.rules,
        about=compact(_reported_row(case.decided)) if case.decided else None,
    )  # fmt: skip


def decisions_of(pupil: PersonId, month: date) -> list[CsnDecisionItem]:
    """What was decided about a pupil's month, oldest first. One consistent query."""
    pk, sk = _case_key(pupil, month)
    return list(CsnDecisionItem.query(pk, CsnDecisionItem.sk.startswith(f"{sk}#"), consistent_read=True))


def reported_of(text: str | None) -> Reported | None:
    """What a decision was about, as rows keep it."""
    if not text:
        return None
    first, minutes, day = json.loads(text)
    return Reported(date.fromisoformat(first), minutes, date.fromisoformat(day))


def _reported_row(one: Reported) -> list[Any]:
    return [one.first_day.isoformat(), one.minutes, one.day.isoformat()]


def _finding_row(one: Finding) -> list[Any]:
    lessons = [[x.lesson, stamp(x.start), x.subject, x.minutes] for x in one.lessons]
    return [one.first_day.isoformat(), one.minutes, one.days, lessons]


def _finding(text: str) -> Finding:
    first, minutes, days, lessons = json.loads(text)
    rows = (Missed(LessonId(x[0]), datetime.fromisoformat(x[1]), x[2], x[3]) for x in lessons)
    return Finding(date.fromisoformat(first), minutes, days, tuple(rows))


def _case(item: CsnCaseItem) -> Case:
    return Case(
        pupil=PersonId(item.pk.partition("#")[2]),
        month=date.fromisoformat(item.sk.partition("#")[2]),
        unit=UnitId(item.unit),
        state=item.state,  # type: ignore[arg-type]
        finding=_finding(item.finding) if item.finding else None,
        rules=item.rules,
        decided=reported_of(item.decided),
        corrected=bool(item.corrected),
        file=item.file,
        full_time=date.fromisoformat(item.full_time) if item.full_time else None,
        back_file=item.back_file,
        version=int(item.version or 0),
    )
