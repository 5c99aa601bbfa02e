"""What each school form uses, from preschool to adult education: years, terms, grades, timplan, how one comes
to it. Rules and views ask this table, so that what a form does not use is neither asked for nor shown.

Data, not law in code: a form that changes (the ten-year grundskola of 2028) is a changed row here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from skolkit.sweden.codes import SS12000_SCHOOL_TYPE, SchoolForm

Intake = Literal["enrolment", "placement", "none"]
"""Enrolment (inskrivning) of a pupil, or placement (placering) of a child; SS 12000 has both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormUse:
    """What one form uses.

    `years`: first and last year (årskurs), None without. `compulsory`: attendance fulfils skolplikt
    (skollagen 7:4). `attendance_duty`: pupils must take part (7:17, 15:16, 18 kap.). `school_days`: has
    terms, at least 178 school days and 12 days off and at most 5 study days (skolförordningen 3:2–6; for
    upper secondary school the same numbers, [M]). `timplan`: hours per subject are set (SkolF 9:3–4 and its
    annexes), `guaranteed_hours`: per programme (skollagen 16:18, 19 kap.). `subjects`: teaching is in
    subjects or courses. `certified`: teachers must be certified and qualified (skollagen 2:13; fritidshem as
    there is teaching, 2:14). `registered`: units have a school unit code of Skolverket's.
    """

    form: SchoolForm
    sv: str
    en: str
    years: tuple[int, int] | None = None
    intake: Intake = "enrolment"
    compulsory: bool = False
    attendance_duty: bool = False
    school_days: bool = False
    graded: bool = False
    timplan: bool = False
    guaranteed_hours: bool = False
    subjects: bool = False
    certified: bool = True
    registered: bool = True

    @property
    def ss12000(self) -> str:
        """The form's word in SS 12000."""
        return SS12000_SCHOOL_TYPE[self.form]

    def has_year(self, year: int | None) -> bool:
        """Whether a pupil of this form may be in such a year; None is for forms without years."""
        return (year is None) if self.years is None else year is not None and year in range_of(self.years)


def range_of(years: tuple[int, int]) -> range:
    """Every year from the first to the last, inclusive.

    >>> list(range_of((1, 3)))
    [1, 2, 3]
    """
    return range(years[0], years[1] + 1)


def _school(form: SchoolForm, sv: str, en: str, last: int) -> FormUse:
    return FormUse(
        form=form, sv=sv, en=en, years=(1, last), compulsory=True, attendance_duty=True, school_days=True,
        graded=True, timplan=True, subjects=True,
    )  # fmt: skip


def _secondary(form: SchoolForm, sv: str, en: str) -> FormUse:
    # A fourth year exists in the technology programme and in the adapted school (skollagen 19 kap.).
    return FormUse(
        form=form, sv=sv, en=en, years=(1, 4), attendance_duty=True, school_days=True, graded=True,
        guaranteed_hours=True, subjects=True,
    )  # fmt: skip


def _adult(form: SchoolForm, sv: str, en: str) -> FormUse:
    return FormUse(form=form, sv=sv, en=en, graded=True, subjects=True)


def _outside(form: SchoolForm, sv: str, en: str, *, graded: bool) -> FormUse:
    """Forms outside the school system of skollagen 1:1."""
    return FormUse(form=form, sv=sv, en=en, graded=graded, certified=False, registered=False)


_FORMS = (
    FormUse(
        form=SchoolForm.PRESCHOOL, sv="Förskola", en="Preschool", intake="placement", registered=False
    ),
    FormUse(
        form=SchoolForm.PRESCHOOL_CLASS, sv="Förskoleklass", en="Preschool class", years=(0, 0),
        compulsory=True, attendance_duty=True, school_days=True,
    ),
    FormUse(
        form=SchoolForm.AFTER_SCHOOL_CENTRE, sv="Fritidshem", en="After-school centre", intake="placement",
    ),
    FormUse(
        form=SchoolForm.OPEN_LEISURE, sv="Öppen fritidsverksamhet", en="Open leisure activity",
        intake="none", certified=False,
    ),
    _school(SchoolForm.COMPULSORY, "Grundskola", "Compulsory school", 9),
    _school(SchoolForm.ADAPTED_COMPULSORY, "Anpassad grundskola", "Adapted compulsory school", 9),
    FormUse(
        form=SchoolForm.SUBJECT_AREAS, sv="Anpassad grundskola, ämnesområden", years=(1, 9),
        en="Adapted compulsory school, subject areas", compulsory=True, attendance_duty=True,
        school_days=True, timplan=True, subjects=True, registered=False,
    ),
    _school(SchoolForm.SPECIAL, "Specialskola", "Special school", 10),
    _school(SchoolForm.SAMI, "Sameskola", "Sami school", 6),
    _secondary(SchoolForm.UPPER_SECONDARY, "Gymnasieskola", "Upper secondary school"),
    _secondary(SchoolForm.ADAPTED_UPPER_SECONDARY, "Anpassad gymnasieskola", "Adapted upper secondary"),
    _adult(SchoolForm.ADULT, "Kommunal vuxenutbildning", "Municipal adult education"),
    _adult(SchoolForm.ADULT_BASIC, "Komvux på grundläggande nivå", "Adult education, basic"),
    _adult(SchoolForm.ADULT_UPPER_SECONDARY, "Komvux på gymnasial nivå", "Adult education, upper secondary"),
    _adult(SchoolForm.ADULT_SWEDISH, "Komvux i svenska för invandrare", "Swedish for immigrants"),
    _adult(
        SchoolForm.ADAPTED_ADULT_BASIC, "Komvux som anpassad utbildning på grundläggande nivå",
        "Adapted adult education, basic",
    ),
    _adult(
        SchoolForm.ADAPTED_ADULT_UPPER_SECONDARY, "Komvux som anpassad utbildning på gymnasial nivå",
        "Adapted adult education, upper secondary",
    ),
    _outside(SchoolForm.ARTS_SCHOOL, "Kulturskola", "Municipal arts school", graded=False),
    _outside(SchoolForm.HIGHER_VOCATIONAL, "Yrkeshögskola", "Higher vocational education", graded=True),
    _outside(SchoolForm.FOLK_HIGH_SCHOOL, "Folkhögskola", "Folk high school", graded=False),
)  # fmt: skip

FORMS = MappingProxyType({use.form: use for use in _FORMS})
"""Every school form and what it uses."""

COMPULSORY: frozenset[SchoolForm] = frozenset(use.form for use in _FORMS if use.compulsory)
"""Forms in which compulsory school attendance (skolplikt) is fulfilled, skollagen 7:4."""


def keeps_school_days(forms: Iterable[SchoolForm]) -> bool:
    """Whether a unit with these forms has terms and the minimum of school days: when one of them does."""
    return any(FORMS[form].school_days for form in forms)


def used_by(forms: Collection[SchoolForm]) -> list[FormUse]:
    """What a unit's forms use, in the table's order."""
    return [use for use in _FORMS if use.form in forms]
