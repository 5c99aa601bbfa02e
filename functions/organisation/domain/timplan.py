"""The hours plan of grundskola (timplan, skolförordningen 9:3–4 and bilaga 1): guaranteed teaching hours per
subject and stage as versioned data, a unit's distribution of them over the years, and what that keeps.

A distribution is checked, not refused: what it lacks are warnings with the paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from skolkit.errors import DomainError, Text

Stage = Literal["lag", "mellan", "hog"]

STAGES: dict[Stage, range] = {"lag": range(1, 4), "mellan": range(4, 7), "hog": range(7, 10)}
"""The years of each stage (låg-, mellan-, högstadiet), skollagen 10:3 b."""

SWEDISH: dict[Stage, str] = {"lag": "lågstadiet", "mellan": "mellanstadiet", "hog": "högstadiet"}
ENGLISH: dict[Stage, str] = {"lag": "years 1–3", "mellan": "years 4–6", "hog": "years 7–9"}

Rule = Literal["stage-total", "subject-reduced", "fixed-subject", "part-minimum", "school-choice", "whole"]

LAW = "SkolF 9:3 och bilaga 1"
CHOICE_LAW = "SkolF 9:4 och bilaga 1"


class UnknownTimplanSubject(DomainError):
    """A distribution speaks of the subjects of its timplan."""

    status = 422
    reason = Text("Ämnet finns inte i timplanen.", "The timplan has no such subject.")
    advice = Text("Välj ett ämne ur timplanen.", "Choose a subject of the timplan.")
    law = LAW


class UnknownTimplan(DomainError):
    """A distribution is made for a timplan the system knows, in force that school year."""

    status = 422
    reason = Text("Timplanen gäller inte det läsåret.", "The timplan is not in force that school year.")
    advice = Text("Välj en timplan som gäller.", "Choose a timplan in force.")
    law = LAW


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the timplan: hours per stage. `fixed` may not be reduced for skolans val; `joint_low` are
    its hours of mellan that may be given in låg or mellan; `parts` are single subjects of a block (NO, SO)
    with the least hours in mellan and hög.
    """

    code: str
    name: str
    lag: int
    mellan: int
    hog: int
    fixed: bool = False
    joint_low: bool = False
    parts: Mapping[str, tuple[int, int]] | None = None

    def hours(self, stage: Stage) -> int:
        return {"lag": self.lag, "mellan": self.mellan, "hog": self.hog}[stage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timplan:
    """One edition; `most_moved` are the hours of skolans val, `most_cut` the share a subject may lose in a
    stage."""

    id: str
    valid_from: date
    source: str
    subjects: tuple[Subject, ...]
    total: int
    most_moved: int = 600
    most_cut: float = 0.2

    @property
    def codes(self) -> frozenset[str]:
        parts = {part for subject in self.subjects for part in subject.parts or ()}
        return frozenset({subject.code for subject in self.subjects} | parts)


# The block of a subject that has none of its own in Skolverket's catalogue is called by its designation.
TIMPLANS = (
    Timplan(
        id="skolf-2011:185-bilaga-1-2024",
        # [M]: the day is an assumption, the hours are the statute's (copy of 2025).
        valid_from=date(2024, 7, 1),
        source="SkolF (2011:185) 9:3–4, bilaga 1",
        total=6890,
        subjects=(
            Subject("GRGRBIL01", "Bild", 60, 80, 100),
            Subject("GRGRENG01", "Engelska", 60, 220, 200, fixed=True),
            Subject("GRGRHKK01", "Hem- och konsumentkunskap", 0, 40, 90, joint_low=True),
            Subject("GRGRIDR01", "Idrott och hälsa", 140, 180, 280),
            Subject("GRGRMAT01", "Matematik", 420, 410, 400, fixed=True),
            Subject("GRGRMUS01", "Musik", 80, 80, 80),
            Subject(
                "NO", "Naturorienterande ämnen", 145, 216, 289,
                parts={"GRGRBIO01": (60, 80), "GRGRFYS01": (60, 80), "GRGRKEM01": (60, 80)},
            ),
            Subject(
                "SO", "Samhällsorienterande ämnen", 200, 375, 405,
                parts={
                    "GRGRGEO01": (75, 80), "GRGRHIS01": (90, 100),
                    "GRGRREL01": (75, 80), "GRGRSAM01": (75, 90),
                },
            ),
            Subject("GRGRSLJ01", "Slöjd", 50, 140, 140),
            Subject("GRGRSVE01", "Svenska eller svenska som andraspråk", 680, 520, 290, fixed=True),
            Subject("GRGRTEK01", "Teknik", 47, 65, 88),
            Subject("GRGRMSP01", "Språkval", 0, 48, 272, fixed=True),
        ),
    ),
)  # fmt: skip

Hours = Mapping[str, Mapping[int, int]]
"""Hours by subject code and year. A block's parts may be given beside hours of the block itself; they add up.
"""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A distribution gives `planned` hours where `required` are guaranteed; for skolans val, it moves
    more.
    """

    rule: Rule
    law: str
    planned: int
    required: int
    said: Text
    subject: str | None = None
    stage: Stage | None = None


def in_force(day: date) -> Timplan | None:
    """The timplan in force on a day."""
    found = [timplan for timplan in TIMPLANS if timplan.valid_from <= day]
    return max(found, key=lambda timplan: timplan.valid_from, default=None)


def by_id(id: str) -> Timplan | None:
    """A timplan by its id."""
    return next((timplan for timplan in TIMPLANS if timplan.id == id), None)


def check_subjects(timplan: Timplan, hours: Hours) -> None:
    """Raises `UnknownTimplanSubject`."""
    for code in sorted(set(hours) - timplan.codes):
        raise UnknownTimplanSubject(field="rows", value=code)


def shortfalls(timplan: Timplan, hours: Hours) -> list[Shortfall]:
    """What a distribution does not keep, in the stages whose years it has all of: a unit with years 7–9 alone
    is not asked about the others. The whole is asked of a unit with all nine years.
    """
    years = {year for row in hours.values() for year in row}
    stages: list[Stage] = [stage for stage, own in STAGES.items() if set(own) <= years]
    found = [fall for stage in stages for fall in _in_stage(timplan, hours, stage, stages)]
    moved = sum(_moved(timplan, hours, stages))
    if moved > timplan.most_moved:
        said = Text(
            f"Skolans val tar {moved} timmar från ämnena; högst {timplan.most_moved} är tillåtet.",
            f"The school's choice takes {moved} hours; at most {timplan.most_moved} are allowed.",
        )
        found.append(Shortfall("school-choice", CHOICE_LAW, moved, timplan.most_moved, said))
    planned = sum(sum(row.values()) for row in hours.values())
    if len(stages) == len(STAGES) and planned < timplan.total:
        said = Text(
            f"Fördelningen har {planned} timmar; eleverna är garanterade {timplan.total}.",
            f"The distribution has {planned} hours; pupils are guaranteed {timplan.total}.",
        )
        found.append(Shortfall("whole", "skollagen 10:5; " + LAW, planned, timplan.total, said))
    return found


def _in_stage(timplan: Timplan, hours: Hours, stage: Stage, stages: list[Stage]) -> Iterator[Shortfall]:
    planned = sum(_given(subject, hours, stage) for subject in timplan.subjects)
    required = sum(subject.hours(stage) for subject in timplan.subjects)
    early = sum(_early(subject, hours, stages) for subject in timplan.subjects)
    # What is given early of a subject that may be given in either of two stages is that of the later one.
    planned += {"lag": -early, "mellan": early, "hog": 0}[stage]
    if planned < required:
        yield _fall("stage-total", planned, required, stage)
    for subject in timplan.subjects:
        yield from _of_subject(timplan, subject, hours, stage, stages)


def _of_subject(
    timplan: Timplan, subject: Subject, hours: Hours, stage: Stage, stages: list[Stage]
) -> Iterator[Shortfall]:
    required = subject.hours(stage)
    early = _early(subject, hours, stages) if stage == "mellan" else 0
    planned = _given(subject, hours, stage) + early
    if subject.fixed and planned < required:
        yield _fall("fixed-subject", planned, required, stage, subject.code, subject.name)
    elif planned < required and required - planned > timplan.most_cut * required:
        yield _fall("subject-reduced", planned, required, stage, subject.code, subject.name)
    if stage == "lag" or not any(part in hours for part in subject.parts or ()):
        return  # a block not parted in the distribution is parted in the timetable
    for part, least in (subject.parts or {}).items():
        given, needed = _sum(hours.get(part, {}), stage), least[stage == "hog"]
        if given < needed and needed - given > timplan.most_cut * needed:
            yield _fall("part-minimum", given, needed, stage, part, part)


_SAID: dict[Rule, Text] = {
    "stage-total": Text(
        "{sv} har {planned} timmar; timplanen garanterar {required}.",
        "{en} has {planned} hours; the timplan guarantees {required}.",
    ),
    "fixed-subject": Text(
        "{name} får inte minskas: {planned} av {required} timmar i {sv}.",
        "{name} may not be reduced: {planned} of {required} hours in {en}.",
    ),
    "subject-reduced": Text(
        "{name} är minskat med mer än 20 procent: {planned} av {required} timmar i {sv}.",
        "{name} is reduced by more than 20 per cent: {planned} of {required} hours in {en}.",
    ),
    "part-minimum": Text(
        "{name} har {planned} av minst {required} timmar i {sv}.",
        "{name} has {planned} of at least {required} hours in {en}.",
    ),
}


def _fall(
    rule: Rule, planned: int, required: int, stage: Stage, subject: str | None = None, name: str = ""
) -> Shortfall:
    words = {"sv": SWEDISH[stage], "en": ENGLISH[stage], "name": name}
    said = _SAID[rule].format(planned=planned, required=required, **words)
    law = LAW if rule == "stage-total" else CHOICE_LAW
    return Shortfall(rule, law, planned, required, said, subject, stage)


def _moved(timplan: Timplan, hours: Hours, stages: list[Stage]) -> Iterator[int]:
    for subject in timplan.subjects:
        for stage in stages:
            early = _early(subject, hours, stages) if stage == "mellan" else 0
            yield max(subject.hours(stage) - _given(subject, hours, stage) - early, 0)


def _early(subject: Subject, hours: Hours, stages: list[Stage]) -> int:
    """Hours of mellan given already in låg, as bilaga 1 lets home and consumer studies be."""
    return _given(subject, hours, "lag") if subject.joint_low and "lag" in stages else 0


def _given(subject: Subject, hours: Hours, stage: Stage) -> int:
    rows = [hours.get(code, {}) for code in (subject.code, *(subject.parts or ()))]
    return sum(_sum(row, stage) for row in rows)


def _sum(row: Mapping[int, int], stage: Stage) -> int:
    return sum(given for year, given in row.items() if year in STAGES[stage])
