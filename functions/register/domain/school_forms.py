"""What an enrolment says in each school form: which years there are, and whether it names a study path.

The school forms are those of Skolenhetsregistret; a reform (a ten-year grundskola is proposed from 2028) is a
new entry of `RULES`, not new code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import FORMS


class YearMissing(DomainError):
    """In school forms with years, an enrolment is for one of them (SS 12000 `schoolYear`)."""

    status = 422
    reason = Text("Årskurs saknas för skolformen.", "The school form needs a year.")
    advice = Text("Ange årskurs.", "Give the year.")


class YearNotOfForm(DomainError):
    """The school form has no such year, or no years at all (kommunal vuxenutbildning, fritidshem)."""

    status = 422
    reason = Text("Skolformen har inte den årskursen.", "The school form has no such year.")
    advice = Text("Ändra årskurs eller skolform.", "Change the year or the school form.")


class StudyPathMissing(DomainError):
    """Upper-secondary pupils are enrolled at a programme (nationellt program or introduktionsprogram)."""

    status = 422
    reason = Text("Studievägskod saknas.", "The study path code is missing.")
    advice = Text(
        "Ange studievägskod, t.ex. EKJUR eller IMSPR.", "Give the study path code, e.g. EKJUR or IMSPR."
    )
    law = "skollagen 16:3"


@dataclass(frozen=True, slots=True)
class FormUse:
    """The years of a school form, first and last (None: it has none), and whether a study path is needed."""

    first: int | None = None
    last: int | None = None
    study_path: bool = False

    def has(self, year: int) -> bool:
        return self.first is not None and self.last is not None and self.first <= year <= self.last


@dataclass(frozen=True, slots=True)
class FormRules:
    """What holds for enrolments that start on `valid_from` or later, until the next rules."""

    id: str
    valid_from: date
    uses: Mapping[SchoolForm, FormUse]


_WITH_STUDY_PATH = {SchoolForm.UPPER_SECONDARY, SchoolForm.ADAPTED_UPPER_SECONDARY}
# The years are those of the kernel's table. That upper-secondary pupils may be in a fourth year (repeated,
# introduktionsprogram) is a documented default.
RULES = (
    FormRules(
        "school-forms-2011",
        date.min,
        {f: FormUse(*use.years, f in _WITH_STUDY_PATH) for f, use in FORMS.items() if use.years},
    ),
)
_NOTHING = FormUse()


def form_use(form: SchoolForm, day: date) -> FormUse:
    """What enrolments that start on a day say in a school form.

    >>> form_use(SchoolForm.SAMI, date(2026, 8, 18)).last
    6
    """
    rules = max((r for r in RULES if r.valid_from <= day), key=lambda r: r.valid_from)
    return rules.uses.get(form, _NOTHING)


def year_of(form: SchoolForm, year: int | None, day: date) -> int | None:
    """The year of an enrolment; that of a form with a single one need not be given."""
    use = form_use(form, day)
    return use.first if year is None and use.first == use.last else year


def check_form(
    form: SchoolForm, year: int | None, education_code: str | None, day: date, *, whole: bool = True
) -> None:
    """An enrolment from `day` says what its school form needs. Raises `YearMissing`, `YearNotOfForm`,
    `StudyPathMissing`; without `whole` the year may be unknown (files from other systems).
    """
    use = form_use(form, day)
    if year is None and use.first is not None and whole:
        raise YearMissing(field="year")
    if year is not None and not use.has(year):
        raise YearNotOfForm(field="year", value=year)
    if use.study_path and not education_code:
        raise StudyPathMissing(field="educationCode")
