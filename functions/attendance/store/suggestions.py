"""What the night needs and leaves (process 23): a pupil's lessons of some weeks, where a pupil stands, what
has been suggested, the units' thresholds.

All of a pupil's is in `INQUIRIES#<pupil>`: `STANDING`, which every change of a suggestion or a case writes,
so that two never do the same, and `SUGGESTION#<id>`. What waits at a unit is listed in `SUGGESTIONS#<unit>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.attendance.domain.suggestions import Attended, InquiryRules, Raised, Standing, Suggestion
from functions.attendance.store import AttendanceItem, DeviationItem
from functions.timetable.queries import PlannedLesson
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.jobs import JobItem
from skolkit.table import Remove, Wanted, Write, fetch
from skolkit.types import LessonId, PersonId, UnitId

LEAVE = frozenset({"leave"})
"""Reasons of absence that are granted leave (beviljad ledighet), which is nothing to look into."""


class InquiryJobItem(JobItem, discriminator="inquiry_job"):
    """How far a night's look at absence has come."""

    class Meta:
        table_name = table_name("attendance")


class StandingItem(AttendanceItem, discriminator="inquiry_standing"):
    """Where a pupil stands; `settled` when nothing waits."""

    open_case = UnicodeAttribute(null=True)
    raised = JSONAttribute(default=dict)
    also = JSONAttribute(default=list)
    settled = UnicodeAttribute(null=True)


class SuggestionItem(AttendanceItem, discriminator="inquiry_suggestion"):
    """A suggestion; `decided` when it has been."""

    data = JSONAttribute()
    decided = UnicodeAttribute(null=True)


class InquiryListedItem(AttendanceItem, discriminator="inquiry_listed"):
    """That something of a pupil is in a list: `about` is a suggestion's or a case's id."""

    about = UnicodeAttribute()
    pupil = UnicodeAttribute()


class InquiryRulesItem(AttendanceItem, discriminator="inquiry_rules"):
    """A unit's own thresholds, every version of them."""

    versions = JSONAttribute(default=list)


@cache
def _suggestions() -> TypeAdapter[Suggestion]:
    return TypeAdapter(Suggestion)


@cache
def _raised() -> TypeAdapter[dict[Any, Raised]]:
    return TypeAdapter(dict[Any, Raised])


@cache
def _versions() -> TypeAdapter[tuple[InquiryRules, ...]]:
    return TypeAdapter(tuple[InquiryRules, ...])


def inquiries_pk(pupil: PersonId) -> str:
    """The partition of what has been suggested and investigated about a pupil."""
    return f"INQUIRIES#{pupil}"


def listed(pk: str, sk: str, about: str, pupil: PersonId) -> InquiryListedItem:
    """A place in a list."""
    return InquiryListedItem(pk, sk, about=about, pupil=pupil)


# A pupil's lessons


def attended(
    records: Iterable[PersonId], planned: Iterable[PlannedLesson], first: date, last: date
) -> list[Attended]:
    """A pupil's lessons of some days: those `planned`, with what was missed of them; lessons that are not in
    the timetable any more as they were reported. A lesson nobody has reported counts as attended. One
    consistent query for each record.
    """
    missed = {LessonId(row.lesson): row for record in records for row in _deviations(record, first, last)}
    lessons = [
        _attended(lesson.day, lesson.subject, _length(lesson), missed.pop(lesson.id, None))
        for lesson in planned
    ]
    gone = (_attended(_day(row), row.subject, _minutes(row), row) for row in missed.values())
    return sorted([*lessons, *gone], key=lambda lesson: lesson.day)


def _deviations(pupil: PersonId, first: date, last: date) -> Iterable[DeviationItem]:
    # Everything of a day is `D#<day>` or begins with `D#<day>#`.
    days = AttendanceItem.sk.between(f"D#{first}", f"D#{last + timedelta(days=1)}")
    rows = AttendanceItem.query(f"PUPIL#{pupil}", days, consistent_read=True)
    return (row for row in rows if isinstance(row, DeviationItem))


def _attended(day: date, subject: str, length: int, row: DeviationItem | None) -> Attended:
    if row is None:
        return Attended(day, subject, length)
    valid, on_leave = int(row.valid or 0), row.reason in LEAVE
    return Attended(
        day, subject, length, 0 if on_leave else valid, int(row.invalid or 0), valid if on_leave else 0
    )


def _length(lesson: PlannedLesson) -> int:
    return int((lesson.end - lesson.start).total_seconds()) // 60


def _minutes(row: DeviationItem) -> int:
    return sum(int(part or 0) for part in (row.attendance, row.valid, row.invalid, row.other))


def _day(row: DeviationItem) -> date:
    return date.fromisoformat(str(row.sk)[2:12])


# Where a pupil stands


def wanted_standings(pupils: Sequence[PersonId]) -> Wanted[dict[PersonId, Standing]]:
    """Where pupils stand, for `fetch`; everybody asked for is answered."""
    keys = {pupil: (inquiries_pk(pupil), "STANDING") for pupil in pupils}
    return Wanted(
        StandingItem,
        list(keys.values()),
        lambda found: {p: _standing(p, found.get(k)) for p, k in keys.items()},
    )


def standings(pupils: Sequence[PersonId]) -> dict[PersonId, Standing]:
    """The same, to decide on. One consistent batch."""
    found: dict[PersonId, Standing] = fetch(wanted_standings(pupils), consistent=True)[0]
    return found


def _standing(pupil: PersonId, item: StandingItem | None) -> Standing:
    if item is None:
        return Standing(pupil)
    also = tuple(PersonId(one) for one in item.also)
    return Standing(pupil, item.open_case, _raised().validate_python(item.raised), also, item.version)


def standing_item(standing: Standing) -> StandingItem:
    """Where a pupil stands, to write over the version read."""
    item = StandingItem(
        inquiries_pk(standing.pupil), "STANDING", open_case=standing.open_case,
        raised=_raised().dump_python(dict(standing.known), mode="json"), also=list(standing.also),
        settled=standing.settled.isoformat() if standing.settled else None,
    )  # fmt: skip
    return item.over(standing.version)


# Suggestions


def suggestion_of(pupil: PersonId, id: str) -> tuple[SuggestionItem, Suggestion] | None:
    """A suggestion. One consistent get."""
    item = SuggestionItem.find(inquiries_pk(pupil), f"SUGGESTION#{id}")
    return (item, _suggestions().validate_python(item.data)) if item else None


def suggestions_of(pupil: PersonId) -> list[Suggestion]:
    """A pupil's suggestions of all times, oldest first. One consistent query."""
    rows = SuggestionItem.query(
        inquiries_pk(pupil), SuggestionItem.sk.startswith("SUGGESTION#"), consistent_read=True
    )
    return [_suggestions().validate_python(row.data) for row in rows]


def raising(suggestion: Suggestion) -> list[Write]:
    """A new suggestion, in its unit's list."""
    return [_item(suggestion), _waits(suggestion)]


def deciding(item: SuggestionItem, decided: Suggestion) -> list[Write]:
    """The suggestion as decided, out of the list."""
    fresh = _item(decided).over(item.version)
    return [fresh, Remove(_waits(decided))]


def _item(suggestion: Suggestion) -> SuggestionItem:
    return SuggestionItem(
        inquiries_pk(suggestion.pupil), f"SUGGESTION#{suggestion.id}",
        data=_suggestions().dump_python(suggestion, mode="json"),
        decided=suggestion.decided.isoformat() if suggestion.decided else None,
    )  # fmt: skip


def _waits(suggestion: Suggestion) -> InquiryListedItem:
    place = f"{suggestion.day}#{suggestion.id}"
    return listed(f"SUGGESTIONS#{suggestion.unit}", place, suggestion.id, suggestion.pupil)


def page_of_suggestions(
    unit: UnitId, cursor: str | None, limit: int, caller: str
) -> tuple[list[Suggestion], str | None]:
    """A page of what waits at a unit, oldest first, with the cursor to the next. A query and a batch."""
    bound = ("suggestions", unit, caller)
    found = InquiryListedItem.query(
        f"SUGGESTIONS#{unit}", limit=limit, page_size=limit, last_evaluated_key=unseal(cursor, *bound)
    )
    keys = [(inquiries_pk(PersonId(row.pupil)), f"SUGGESTION#{row.about}") for row in found]
    wanted = Wanted(SuggestionItem, keys, lambda rows: [rows[key] for key in keys if key in rows])
    items: list[SuggestionItem] = fetch(wanted)[0] if keys else []
    return [_suggestions().validate_python(item.data) for item in items], seal(
        found.last_evaluated_key, *bound
    )


def suggested_on(unit: UnitId, day: date) -> list[tuple[str, PersonId]]:
    """What was suggested at a unit on a day and waits: (suggestion, pupil). One consistent query."""
    rows = InquiryListedItem.query(
        f"SUGGESTIONS#{unit}", InquiryListedItem.sk.startswith(f"{day}#"), consistent_read=True
    )
    return [(row.about, PersonId(row.pupil)) for row in rows]


def waiting_at(unit: UnitId) -> list[PersonId]:
    """The pupils of a unit about whom a suggestion waits. One query per megabyte (about 5,000)."""
    return list(dict.fromkeys(PersonId(row.pupil) for row in InquiryListedItem.query(f"SUGGESTIONS#{unit}")))


def count_waiting(unit: UnitId) -> int:
    """How many suggestions wait at a unit. One query."""
    return int(InquiryListedItem.count(f"SUGGESTIONS#{unit}"))


# Thresholds


def versions_of(unit: UnitId) -> tuple[InquiryRulesItem | None, tuple[InquiryRules, ...]]:
    """A unit's own thresholds, every version. One consistent get."""
    item = InquiryRulesItem.find(f"RULES#{unit}", "INQUIRY")
    return item, _versions().validate_python(item.versions) if item else ()


def rules_item(unit: UnitId, versions: Sequence[InquiryRules], stored: int | None) -> InquiryRulesItem:
    """The thresholds to write over the version read."""
    data = _versions().dump_python(tuple(versions), mode="json")
    return InquiryRulesItem(f"RULES#{unit}", "INQUIRY", versions=data).over(stored)
