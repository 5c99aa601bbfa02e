"""The staff a unit needs and a week in which no class and no teacher is in two places at once.

Built greedily, the hardest first: language choice (all classes of a year at the same time), then specialists,
then the class and subject teachers; a lesson whose own teacher is busy goes to the colleague with the fewest
lessons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random

from infra.local.population.model import NewGroup, Staff, WeekLesson
from infra.local.population.plan import (
    LANGUAGES,
    SPECIAL_ROOMS,
    SUBJECTS,
    TIMES,
    competence,
    language_lessons,
    stage_of,
    week_of,
)
from skolkit.types import GroupId, LessonId, PersonId, stable_id

_DAYS = range(5)
_LESSONS_PER_TEACHER = 18
_MOST_LESSONS = 22
_PUPILS_PER_TEACHER = 12
_MOST_IN_GROUP = 28
_CO_TAUGHT = 0.15


@dataclass(slots=True)
class Class:
    """A class before it has a group: `years` is one year, or the years of a stage in a small unit."""

    id: GroupId
    name: str
    years: tuple[int, ...]
    home_room: str
    busy: list[int] = field(default_factory=lambda: [0] * 5)

    @property
    def stage(self) -> str:
        """F, L, M or H."""
        return stage_of(self.years[-1])


@dataclass(slots=True)
class Teacher:
    """A teacher with what they can teach; `busy` is one bit per five minutes after midnight and weekday."""

    person: Staff
    competence: str
    serial: int
    lessons: int = 0
    classes: int = 0
    busy: list[int] = field(default_factory=lambda: [0] * 5)


@dataclass(frozen=True, slots=True)
class _Slot:
    weekday: int
    start: str
    minutes: int

    @property
    def bits(self) -> int:
        hour, minute = self.start.split(":")
        return ((1 << self.minutes // 5) - 1) << (int(hour) * 60 + int(minute)) // 5


_SLOTS = {
    stage: [(slot := _Slot(day, start, minutes), slot.bits) for start, minutes in times for day in _DAYS]
    for stage, times in TIMES.items()
}


def language_groups(size: int, rng: Random) -> dict[tuple[str, int], list[int]]:
    """Splits the pupils 0…size-1 of a year by language choice: (subject, serial) → pupils, at most 28 in a
    group.

    Small years offer fewer languages.
    """
    offered = list(LANGUAGES)[: 1 if size < 25 else 2 if size < 50 else 3]
    chosen: dict[str, list[int]] = defaultdict(list)
    for pupil in range(size):
        chosen[rng.choices(offered, [LANGUAGES[code] for code in offered])[0]].append(pupil)
    groups = {}
    for code in offered:
        parts = ceil(len(chosen[code]) / _MOST_IN_GROUP)
        groups.update({(code, part + 1): chosen[code][part::parts] for part in range(parts)})
    return groups


def hire(
    classes: Sequence[Class],
    cohorts: Iterable[tuple[Sequence[Class], Sequence[NewGroup]]],
    pupil_count: int,
    employ: Callable[[], Staff],
) -> list[Teacher]:
    """One teacher per 12 pupils, more where small classes need it, so that every subject has somebody."""
    load: dict[str, int] = defaultdict(int)
    least: dict[str, int] = defaultdict(lambda: 1)
    for one in classes:
        for subject, lessons in week_of(one.years).items():
            load[competence(one.stage, subject)] += lessons
    for members, groups in cohorts:
        for subject in LANGUAGES:
            together = sum(group.subject_code == subject for group in groups)
            if together:
                load[subject] += together * language_lessons(members[0].years)
                least[subject] = max(least[subject], together)
    wanted = {key: max(least[key], ceil(lessons / _LESSONS_PER_TEACHER)) for key, lessons in load.items()}
    while load and sum(wanted.values()) < pupil_count / _PUPILS_PER_TEACHER:
        wanted[max(wanted, key=lambda key: load[key] / wanted[key])] += 1
    return [Teacher(employ(), key, serial + 1) for key, number in wanted.items() for serial in range(number)]


def appoint_mentors(one: Class, teachers: Sequence[Teacher]) -> tuple[PersonId, ...]:
    """Two mentors, teachers of the class's stage if there are, each with as few classes as possible."""
    suitable = {competence(one.stage, subject) for subject in ("FKLASS", "SV", "MA", "SO", "SH")}
    chosen = sorted(teachers, key=lambda teacher: (teacher.classes, teacher.competence not in suitable))[:2]
    for teacher in chosen:
        teacher.classes += 1
    return tuple(teacher.person.id for teacher in chosen)


class Week:
    """The timetable of one unit while it is being built."""

    def __init__(self, teachers: Sequence[Teacher], rng: Random) -> None:
        self._teachers = teachers
        self._able: dict[str, list[Teacher]] = defaultdict(list)
        for teacher in teachers:
            self._able[teacher.competence].append(teacher)
        self._rng = rng
        self.lessons: list[WeekLesson] = []

    def place_languages(self, members: Sequence[Class], groups: Sequence[NewGroup]) -> None:
        """All language groups of a year at the same times, on different days."""
        used_days: set[int] = set()
        for _ in range(language_lessons(members[0].years)):
            slot, bits, team = self._common_slot(members, groups, used_days)
            used_days.add(slot.weekday)
            for one in members:
                one.busy[slot.weekday] |= bits
            for group, teacher in zip(groups, team, strict=True):
                subject = group.subject_code or ""
                room = f"{SPECIAL_ROOMS[subject]} {teacher.serial}"
                self._add(group.id, subject, [teacher], slot, bits, room)

    def place_classes(self, classes: Sequence[Class], mentors: dict[GroupId, tuple[PersonId, ...]]) -> None:
        """Everything else; specialists first because they serve all classes."""
        demand = [(one, subject, number) for one in classes for subject, number in week_of(one.years).items()]
        demand.sort(key=lambda item: (item[1] not in SPECIAL_ROOMS, -"FLMH".index(item[0].stage)))
        for one, subject, number in demand:
            able = self._able[competence(one.stage, subject)]
            own = min(able, key=lambda teacher: (teacher.person.id not in mentors[one.id], teacher.lessons))
            if own.lessons + number > _MOST_LESSONS:
                own = min(able, key=lambda teacher: teacher.lessons)
            used_days: set[int] = set()
            for _ in range(number):
                used_days.add(self._place(one, subject, own, able, used_days))

    def _common_slot(
        self, members: Sequence[Class], groups: Sequence[NewGroup], used_days: set[int]
    ) -> tuple[_Slot, int, list[Teacher]]:
        for slot, bits in self._slots(members[0], used_days):
            if any(one.busy[slot.weekday] & bits for one in members):
                continue
            team: list[Teacher] = []
            for group in groups:
                if teacher := self._free(self._able[group.subject_code or ""], slot, bits, but=team):
                    team.append(teacher)
            if len(team) == len(groups):
                return slot, bits, team
        raise RuntimeError(f"No common time for the language choice of {[one.name for one in members]}.")

    def _place(self, one: Class, subject: str, own: Teacher, able: list[Teacher], used_days: set[int]) -> int:
        slots = self._slots(one, used_days)
        free = [(slot, bits) for slot, bits in slots if not one.busy[slot.weekday] & bits]
        candidates = (
            (slot, bits, teacher)
            for pool in ([own], able, self._teachers)
            for slot, bits in free
            if (teacher := self._free(pool, slot, bits))
        )
        chosen = next(candidates, None)
        if chosen is None:
            raise RuntimeError(
                f"No teacher is free for {subject} in {one.name}: the unit has too few teachers."
            )
        slot, bits, teacher = chosen
        in_special = subject in SPECIAL_ROOMS and teacher.competence == own.competence
        team = [teacher]
        if subject in ("SV", "MA") and self._rng.random() < _CO_TAUGHT:
            second = self._free(able, slot, bits, but=team)
            team += [second] if second and second.lessons < _LESSONS_PER_TEACHER else []
        one.busy[slot.weekday] |= bits
        room = f"{SPECIAL_ROOMS[subject]} {teacher.serial}" if in_special else one.home_room
        self._add(one.id, subject, team, slot, bits, room)
        return slot.weekday

    def _slots(self, one: Class, used_days: set[int]) -> list[tuple[_Slot, int]]:
        """The stage's lesson times in random order, days without the subject first."""
        slots = _SLOTS[one.stage]
        return sorted(self._rng.sample(slots, len(slots)), key=lambda item: item[0].weekday in used_days)

    def _free(
        self, pool: Sequence[Teacher], slot: _Slot, bits: int, but: Sequence[Teacher] = ()
    ) -> Teacher | None:
        free = (
            teacher
            for teacher in pool
            if not teacher.busy[slot.weekday] & bits and not any(teacher is other for other in but)
        )
        return min(free, key=lambda teacher: teacher.lessons, default=None)

    def _add(
        self, group_id: GroupId, subject: str, team: Sequence[Teacher], slot: _Slot, bits: int, room: str
    ) -> None:
        for teacher in team:
            if teacher.busy[slot.weekday] & bits:
                raise RuntimeError(f"Teacher {teacher.person.id} would be in two places: {slot}.")
            teacher.busy[slot.weekday] |= bits
            teacher.lessons += 1
        self.lessons.append(
            WeekLesson(
                id=LessonId(stable_id("week-lesson", group_id, str(slot.weekday), slot.start)),
                group_id=group_id,
                subject_code=subject,
                subject_name=SUBJECTS[subject],
                teacher_ids=tuple(teacher.person.id for teacher in team),
                weekday=slot.weekday,
                start=slot.start,
                minutes=slot.minutes,
                room=room,
            )
        )
