"""When a pupil's absence should be looked into (process 23): from the lessons of the last weeks to the
reasons with their figures.

Repeated or longer absence, valid or not, is to be investigated at once (skyndsamt; skollagen 7:19 a, 15:16).
The law gives no numbers, so they are rules of a version, which every unit may have its own of (rules §5.1).
What is found here is a suggestion; whether there is to be an investigation the principal decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

Cause = Literal["share", "unexcusedDays", "pattern", "longValid", "proposed"]
"""`share` of all lessons missed, separate days with unexcused absence, a `pattern` by weekday or subject,
long valid absence; `proposed` by the mentor.
"""
Dismissal = Literal["known", "handledOtherwise", "illnessWithPlan", "wrongFigures", "leftUnit"]
State = Literal["open", "dismissed", "opened"]


@dataclass(frozen=True, slots=True)
class InquiryRules:
    """The thresholds of one version, in force from a day. `window`: the days looked back; `share`: more than
    so many per cent missed; `unexcused_days`: so many separate days; `weekday_times`: so many absences on
    the same weekday; `subject_share` per cent of a subject's minutes with at least `subject_lessons`
    lessons; `valid_days`: whole school days of valid absence in a row, or more than `valid_share` per cent;
    `pause`: for so many days a dismissed suggestion does not come back, unless it is worse by `worse` per
    cent.
    """

    id: str
    valid_from: date
    window: int = 30
    share: int = 15
    unexcused_days: int = 3
    weekday_times: int = 3
    subject_share: int = 40
    subject_lessons: int = 4
    valid_days: int = 10
    valid_share: int = 30
    pause: int = 30
    worse: int = 50


DEFAULT = InquiryRules("inquiry-1", date(2026, 7, 1))  # [M] no statutory percentage


@dataclass(frozen=True, slots=True)
class Attended:
    """A pupil's lesson in minutes: its length, and how much of it was missed. Granted leave (beviljad
    ledighet) has been decided on already, and counts neither as offered nor as missed.
    """

    day: date
    subject: str
    minutes: int
    valid: int = 0
    invalid: int = 0
    leave: int = 0

    @property
    def offered(self) -> int:
        return self.minutes - self.leave

    @property
    def missed(self) -> int:
        return self.valid + self.invalid


@dataclass(frozen=True, slots=True)
class Reason:
    """A threshold that was passed: `of` is the weekday (1–7) or the subject of a pattern; `weight` grows with
    the absence; `figures` are minutes, days, per cent.
    """

    cause: Cause
    weight: int
    figures: Mapping[str, int]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """What has become of the last suggestion of a cause: `until` is when it may come again."""

    suggestion: str
    day: date
    state: State
    weight: int
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pupil stands: the open case, and the last suggestion by cause. `also` are closed records that
    proved to be the same pupil.
    """

    pupil: PersonId
    open_case: str | None = None
    raised: Mapping[Cause, Raised] | None = None
    also: tuple[PersonId, ...] = ()
    version: int | None = None

    @property
    def known(self) -> Mapping[Cause, Raised]:
        return self.raised or {}

    @property
    def waiting(self) -> dict[Cause, Raised]:
        """The suggestions that nobody has decided on."""
        return {cause: one for cause, one in self.known.items() if one.state == "open"}

    @property
    def settled(self) -> date | None:
        """Since when nothing of it waits; None while something does."""
        if self.open_case or self.waiting:
            return None
        days = [one.until or one.day for one in self.known.values()]
        return max(days, default=None)

    def suggested(self, cause: Cause, suggestion: str, day: date, weight: int) -> Standing:
        return replace(self, raised={**self.known, cause: Raised(suggestion, day, "open", weight)})

    def dismissed(self, cause: Cause, until: date) -> Standing:
        return replace(
            self, raised={**self.known, cause: replace(self.known[cause], state="dismissed", until=until)}
        )

    def opened(self, case: str) -> Standing:
        """With an open case, which all that was suggested has led to."""
        raised = {c: replace(r, state="opened") if r.state == "open" else r for c, r in self.known.items()}
        return replace(self, open_case=case, raised=raised)

    def closed(self, until: date) -> Standing:
        """Without it; what it was about is not suggested again at once."""
        raised = {c: replace(r, until=until) if r.state == "opened" else r for c, r in self.known.items()}
        return replace(self, open_case=None, raised=raised)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """That a pupil's absence should be looked into, for one cause, with the figures of the night and the
    rules they were judged by. `proposed_by` a mentor; decided by the principal.
    """

    id: str
    pupil: PersonId
    unit: UnitId
    cause: Cause
    day: date
    reasons: tuple[Reason, ...]
    rules: str
    proposed_by: PersonId | None = None
    state: State = "open"
    decided: date | None = None
    decided_by: str = ""
    dismissal: Dismissal | None = None


class SuggestionDecided(DomainError):
    """A suggestion is decided on once."""

    reason = Text("Förslaget är redan avgjort.", "The suggestion has been decided on.")
    advice = Text("Hämta listan på nytt.", "Read the list again.")


class AlreadySuggested(DomainError):
    """There is a suggestion or a case to put it in."""

    reason = Text(
        "Det finns redan ett förslag eller en utredning.", "There is a suggestion or a case already."
    )
    advice = Text("Vänta på rektors beslut.", "Wait for the principal's decision.")


class RulesPassed(DomainError):
    """Thresholds are changed for the days to come, so that a case can say what it was judged by."""

    status = 422
    reason = Text("Gränserna kan inte ändras bakåt i tiden.", "The thresholds cannot be changed backwards.")
    advice = Text("Ange dagens datum eller ett senare.", "Give today's date or a later one.")


def reasons(lessons: Sequence[Attended], rules: InquiryRules) -> tuple[Reason, ...]:
    """The thresholds that a pupil's lessons pass, with their figures; () when none is."""
    offered = sum(lesson.offered for lesson in lessons)
    if offered <= 0:
        return ()
    found = (
        _share(lessons, offered, rules),
        _unexcused(lessons, rules),
        *_weekdays(lessons, rules),
        *_subjects(lessons, rules),
        _long_valid(lessons, offered, rules),
    )
    return tuple(reason for reason in found if reason)


def _share(lessons: Iterable[Attended], offered: int, rules: InquiryRules) -> Reason | None:
    missed = sum(lesson.missed for lesson in lessons)
    if missed * 100 <= rules.share * offered:
        return None
    percent = missed * 100 // offered
    return Reason("share", percent, {"percent": percent, "missed": missed, "offered": offered})


def _unexcused(lessons: Iterable[Attended], rules: InquiryRules) -> Reason | None:
    days = Counter[date]()
    for lesson in lessons:
        days[lesson.day] += lesson.invalid
    away = +days  # of those with any
    if len(away) < rules.unexcused_days:
        return None
    return Reason("unexcusedDays", len(away), {"days": len(away), "minutes": away.total()})


def _weekdays(lessons: Iterable[Attended], rules: InquiryRules) -> list[Reason]:
    days = {lesson.day for lesson in lessons if lesson.missed}
    times = Counter(day.isoweekday() for day in days)
    return [
        Reason("pattern", count * 10, {"times": count}, str(weekday))
        for weekday, count in sorted(times.items())
        if count >= rules.weekday_times
    ]


def _subjects(lessons: Iterable[Attended], rules: InquiryRules) -> list[Reason]:
    by_subject = defaultdict[str, list[Attended]](list)
    for lesson in lessons:
        if lesson.offered > 0:
            by_subject[lesson.subject].append(lesson)
    found = []
    for subject, some in sorted(by_subject.items()):
        offered, missed = sum(one.offered for one in some), sum(one.missed for one in some)
        if len(some) >= rules.subject_lessons and missed * 100 >= rules.subject_share * offered:
            percent = missed * 100 // offered
            figures = {"percent": percent, "missed": missed, "offered": offered, "lessons": len(some)}
            found.append(Reason("pattern", percent, figures, subject))
    return found


def _long_valid(lessons: Iterable[Attended], offered: int, rules: InquiryRules) -> Reason | None:
    days = defaultdict[date, list[int]](lambda: [0, 0])
    for lesson in lessons:
        days[lesson.day][0] += lesson.offered
        days[lesson.day][1] += lesson.valid
    longest = run = 0
    for _, (there, valid) in sorted(days.items()):
        if there > 0:  # a day of leave alone is as none
            run = run + 1 if valid == there else 0
            longest = max(longest, run)
    total = sum(valid for _, valid in days.values())
    percent = total * 100 // offered
    if longest < rules.valid_days and total * 100 <= rules.valid_share * offered:
        return None
    return Reason("longValid", percent, {"days": longest, "percent": percent, "minutes": total})


def due(
    standing: Standing, found: Iterable[Reason], day: date, rules: InquiryRules
) -> dict[Cause, tuple[Reason, ...]]:
    """What is to be suggested now, by cause: nothing while a case is open, not what waits already, nor what
    was dismissed or dealt with lately and has not become much worse.
    """
    by_cause: dict[Cause, tuple[Reason, ...]] = {}
    for reason in found:
        by_cause[reason.cause] = (*by_cause.get(reason.cause, ()), reason)
    if standing.open_case:
        return {}
    return {
        cause: some
        for cause, some in by_cause.items()
        if _is_new(standing.known.get(cause), some, day, rules)
    }


def weight_of(some: Iterable[Reason]) -> int:
    """How much absence the reasons of one cause say."""
    return max((reason.weight for reason in some), default=0)


def _is_new(before: Raised | None, some: Sequence[Reason], day: date, rules: InquiryRules) -> bool:
    if before is None:
        return True
    if before.state == "open":
        return False
    resting = before.until is not None and day < before.until
    return not resting or weight_of(some) * 100 >= before.weight * (100 + rules.worse)


def dismiss(suggestion: Suggestion, why: Dismissal, by: str, day: date) -> Suggestion:
    """Decided against. Raises `SuggestionDecided`."""
    if suggestion.state != "open":
        raise SuggestionDecided(field="suggestion", value=suggestion.id)
    return replace(suggestion, state="dismissed", decided=day, decided_by=by, dismissal=why)


def lead_to_case(suggestion: Suggestion, by: str, day: date) -> Suggestion:
    """Decided for: an investigation was opened."""
    return replace(suggestion, state="opened", decided=day, decided_by=by)


def rest_until(day: date, rules: InquiryRules) -> date:
    """When what was dismissed or dealt with on a day may be suggested again."""
    return day + timedelta(days=rules.pause)


def in_force(versions: Iterable[InquiryRules], day: date) -> InquiryRules:
    """The rules of a day: those that apply from the latest day, of these the last decided."""
    chosen = DEFAULT
    for version in versions:
        if chosen.valid_from <= version.valid_from <= day:
            chosen = version
    return chosen


def changed(versions: Sequence[InquiryRules], new: InquiryRules, day: date) -> tuple[InquiryRules, ...]:
    """The versions with one more; none is taken away. Raises `RulesPassed`."""
    if new.valid_from < day:
        raise RulesPassed(field="validFrom", value=new.valid_from.isoformat())
    return (*versions, replace(new, id=f"inquiry-unit-{len(versions) + 1}"))
