"""Grading periods (betygsperioder): when grades are set at a unit, for which form and years, when everybody
may see them, and when nothing more is decided in it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from functions.grades.domain.catalogue import Term
from skolkit.errors import DomainError, Text
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import FORMS
from skolkit.types import PersonId, UnitId

State = Literal["open", "closed"]


class NotGraded(DomainError):
    """Grades are not set in that form or year."""

    status = 422
    reason = Text("Betyg sätts inte i skolformen eller årskursen.", "No grades are set in the form or year.")
    advice = Text("Välj årskurser som har betyg.", "Choose years that have grades.")
    law = "skollagen 10:15–16, skolförordningen 6:1 a, 6:11"


class EarlyGradesNotDecided(DomainError):
    """Grades in years 4 and 5 are for the principal to decide, by 30 April before the school year."""

    status = 422
    reason = Text(
        "Betyg i årskurs 4 och 5 kräver rektors beslut senast den 30 april före läsåret.",
        "Grades in years 4 and 5 take the principal's decision by 30 April before the school year.",
    )
    advice = Text("Ange dagen för beslutet.", "Give the day of the decision.")
    law = "skolförordningen 6:1 a"


class DatesWrong(DomainError):
    """A period opens before grades are due, within its term."""

    status = 422
    reason = Text("Datumen ligger fel.", "The dates are wrong.")
    advice = Text(
        "Öppna perioden senast den dag betygen ska vara satta, inom läsåret.",
        "Open the period no later than grades are due, within the school year.",
    )


class PeriodOverlaps(DomainError):
    """A year of a form has one period a term."""

    reason = Text(
        "Årskursen har redan en betygsperiod i terminen.", "The year has a period in the term already."
    )
    advice = Text("Använd den perioden.", "Use that period.")


class NotYetOpen(DomainError):
    """Grades are set from the period's first day on."""

    reason = Text("Betygsperioden har inte öppnat.", "The grading period has not opened.")
    advice = Text("Vänta till periodens första dag.", "Wait for the period's first day.")


class PeriodClosed(DomainError):
    """A closed period takes no decisions: a wrong grade is corrected or changed."""

    reason = Text("Betygsperioden är stängd.", "The grading period is closed.")
    advice = Text(
        "Ett felaktigt betyg rättas eller ändras i betygskatalogen.",
        "A wrong grade is corrected or changed in the catalogue.",
    )
    law = "skollagen 3:19–20"


class PublishedAlready(DomainError):
    """What everybody has seen cannot be hidden again."""

    reason = Text("Betygen är redan publicerade.", "The grades have been published already.")
    advice = Text("Ett fel rättas i betygskatalogen.", "A mistake is corrected in the catalogue.")


class PublishedSoon(DomainError):
    """A moment is not moved in its last minute: it has been read already, and homes are about to be told."""

    reason = Text("Betygen visas inom en minut.", "The grades are shown within a minute.")
    advice = Text("Flytta tidpunkten i god tid.", "Move the moment well before it comes.")


class UnfinishedSheets(DomainError):
    """Every pupil of every group gets a decision before the period closes."""

    reason = Text("{count} elever saknar beslut.", "{count} pupils have no decision.")
    advice = Text(
        "Sätt betyg, streck eller märk att eleven inte läser ämnet.",
        "Set a grade or a dash, or mark that the pupil does not read the subject.",
    )
    law = "skollagen 3:13–15, skolförordningen 6:10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period of a unit, form and term. `years` () for forms without; `opens` and `due` Swedish dates, both
    inclusive; `early` the day the principal decided on grades in years 4–5; `publish` when pupils and
    guardians see the grades.
    """

    id: str
    unit: UnitId
    form: SchoolForm
    years: tuple[int, ...]
    school_year: str
    term: Term
    opens: date
    due: date
    early: date | None = None
    state: State = "open"
    closed: datetime | None = None
    closed_by: PersonId | None = None
    publish: datetime | None = None
    version: int | None = None

    def covers(self, form: SchoolForm | None, year: int | None) -> bool:
        """Whether an activity of a form and year is graded in the period."""
        return form == self.form and (not self.years or year in self.years)

    def finishes(self, year: int | None) -> bool:
        """Whether a subject is finished in it: in the form's last spring; a course or level always."""
        years = FORMS[self.form].years
        if years is None or self.form in _BY_LEVEL:
            return True
        return self.term == "VT" and year == years[1]

    def shown(self, now: datetime) -> bool:
        """Whether pupils and guardians see what was decided in it."""
        return self.publish is not None and self.publish <= now


NEAR = timedelta(minutes=1)
"""How long before its moment a publication is settled: far longer than a read of DynamoDB may be stale."""

_BY_LEVEL = {SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY}
_FIRST_YEAR = 6
_EARLY = {4, 5}


def open_period(draft: Period, others: Collection[Period], forms: Collection[SchoolForm]) -> Period:
    """The period, if the unit may set grades so: `NotGraded`, `EarlyGradesNotDecided`, `DatesWrong`,
    `PeriodOverlaps`. `others` are the unit's periods of the term, `forms` those of the unit.
    """
    use = FORMS[draft.form]
    if not use.graded or draft.form not in forms:
        raise NotGraded(field="schoolForm", value=draft.form.value)
    _check_years(draft)
    year = SchoolYear.parse(draft.school_year)
    if not year.start <= draft.opens <= draft.due <= year.end:
        raise DatesWrong(field="due", value=draft.due.isoformat())
    for other in others:
        same = (other.form, other.school_year, other.term) == (draft.form, draft.school_year, draft.term)
        if same and (set(other.years) & set(draft.years) or not draft.years):
            raise PeriodOverlaps(field="years")
    return draft


def _check_years(draft: Period) -> None:
    """Compulsory school: from year 6, in years 4–5 when the principal has decided so in time."""
    if draft.form in _BY_LEVEL or FORMS[draft.form].years is None:
        return
    for year in draft.years or (0,):
        if not FORMS[draft.form].has_year(year) or year < min(_EARLY):
            raise NotGraded(field="years", value=year)
        latest = date(SchoolYear.parse(draft.school_year).start_year, 4, 30)
        if year in _EARLY and (draft.early is None or draft.early > latest):
            raise EarlyGradesNotDecided(field="decidedEarlyGrades", value=year)


def require_open(period: Period, today: date) -> None:
    """Raises `NotYetOpen` or `PeriodClosed`."""
    if period.state == "closed":
        raise PeriodClosed(field="period")
    if today < period.opens:
        raise NotYetOpen(field="period", value=period.opens.isoformat())


def close(period: Period, undecided: int, by: PersonId, now: datetime) -> Period:
    """The period closed: nothing more is decided in it. Raises `PeriodClosed`, `UnfinishedSheets`."""
    if period.state == "closed":
        raise PeriodClosed(field="period")
    if undecided:
        raise UnfinishedSheets(field="period", count=undecided)
    return replace(period, state="closed", closed=now, closed_by=by)


def publish(period: Period, at: datetime | None, now: datetime) -> Period:
    """The period with the moment at which everybody sees its grades; None: not decided. Raises
    `PublishedAlready`, `PublishedSoon`.
    """
    if period.shown(now):
        raise PublishedAlready(field="period")
    if period.shown(now + NEAR):
        raise PublishedSoon(field="period")
    return replace(period, publish=max(at, now) if at else None)
