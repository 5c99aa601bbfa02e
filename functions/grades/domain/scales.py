"""The grade scales: which values may be set in which school form, what each is worth, and since when. Data
by valid-from date, so that a scale of ten steps is a new row (skollagen 10:17–18, 15:24–27, ch. 11, 18, 20).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm

DASH = "-"
"""Horisontellt streck: no grade could be set because of absence (skollagen 10:18, 15:27, SkolF 6:19)."""


class NoScale(DomainError):
    """Grades are not set in the form on that day."""

    status = 422
    reason = Text("Betyg sätts inte i skolformen.", "Grades are not set in the school form.")
    advice = Text("Välj en skolform med betyg.", "Choose a school form with grades.")
    law = "skollagen 10:15, 15:22"


class IllegalValue(DomainError):
    """A value that the form's scale does not have."""

    status = 422
    reason = Text("Betyget finns inte i skolformens skala.", "The school form's scale has no such grade.")
    advice = Text("Välj ett av skalans betyg: {legal}.", "Choose one of the scale's grades: {legal}.")
    law = "skollagen 10:17–18, 11:20, 15:24–27, 18:20"


@dataclass(frozen=True, slots=True)
class Worth:
    """What a value is worth: points (None where nothing is counted from it), and whether it is a pass."""

    points: float | None
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One scale of some forms, in force from a day until the next one of the form. `values` from the best to
    the lowest, without the dash; `dash`: a dash may stand where absence left nothing to assess. `work` is the
    scale of an upper-secondary diploma project (gymnasiearbete), only E or F (skollagen 15:25). `valid_to` is
    the last day of a scale that grades are no longer set in.
    """

    id: str
    valid_from: date
    forms: frozenset[SchoolForm]
    values: Mapping[str, Worth]
    dash: bool = False
    work: bool = False
    valid_to: date | None = None

    def worth(self, value: str) -> Worth:
        """What a value is worth. A dash has no value. Raises `IllegalValue`."""
        if value == DASH and self.dash:
            return Worth(None, passed=False)
        if value not in self.values:
            raise IllegalValue(field="gradeValue", value=value, legal=", ".join(self.legal))
        return self.values[value]

    @property
    def legal(self) -> tuple[str, ...]:
        """Every value that may be set, the best first."""
        return (*self.values, *((DASH,) if self.dash else ()))

    def rank(self, value: str) -> int:
        """How high a value is: greater is better; a dash is below every grade. Raises `IllegalValue`."""
        self.worth(value)
        return -1 if value == DASH else len(self.values) - 1 - list(self.values).index(value)


def _letters(*, last: str = "F", counted: bool = True) -> Mapping[str, Worth]:
    points = {"A": 20.0, "B": 17.5, "C": 15.0, "D": 12.5, "E": 10.0, "F": 0.0}
    return MappingProxyType(
        {
            letter: Worth(worth if counted else None, passed=letter != "F")
            for letter, worth in points.items()
            if letter <= last
        }
    )


_PASS = MappingProxyType({"Godkänt": Worth(None, passed=True), "Icke godkänt": Worth(None, passed=False)})
_WORK = MappingProxyType({"E": Worth(None, passed=True), "F": Worth(None, passed=False)})
_F = SchoolForm
SCALES = (
    Scale(
        id="gr-2011", valid_from=date(2011, 7, 1), values=_letters(), dash=True,
        forms=frozenset({_F.COMPULSORY, _F.SPECIAL, _F.SAMI}),
    ),
    Scale(
        id="gy-2011", valid_from=date(2011, 7, 1), values=_letters(), dash=True,
        forms=frozenset({_F.UPPER_SECONDARY}),
    ),
    Scale(
        id="gy-arbete-2011", valid_from=date(2011, 7, 1), values=_WORK, work=True,
        forms=frozenset({_F.UPPER_SECONDARY, _F.ADULT_UPPER_SECONDARY}),
    ),
    Scale(
        id="gran-2011", valid_from=date(2011, 7, 1), values=_letters(last="E", counted=False),
        forms=frozenset({_F.ADAPTED_COMPULSORY, _F.ADAPTED_UPPER_SECONDARY}),
    ),
    Scale(
        id="vuxgy-2012", valid_from=date(2012, 7, 1), values=_letters(), dash=True,
        forms=frozenset({_F.ADULT_UPPER_SECONDARY}),
    ),
    Scale(
        id="vuxgr-2012", valid_from=date(2012, 7, 1), values=_letters(counted=False),
        forms=frozenset({_F.ADULT_BASIC, _F.ADULT_SWEDISH}),
    ),
    Scale(
        id="vuxgr-2025", valid_from=date(2025, 1, 1), values=_PASS,
        forms=frozenset({_F.ADULT_BASIC, _F.ADULT_SWEDISH}),
    ),
    Scale(
        id="vuxgran-2012", valid_from=date(2012, 7, 1), values=_letters(last="E", counted=False),
        forms=frozenset({_F.ADAPTED_ADULT_BASIC, _F.ADAPTED_ADULT_UPPER_SECONDARY}),
    ),
)  # fmt: skip
"""Adult education at basic level: a pass or none since 2025 (SFS 2024:411), letters before [M]."""


def _words(*passed: str, failed: tuple[str, ...] = ()) -> Mapping[str, Worth]:
    return MappingProxyType(
        {**{v: Worth(None, passed=True) for v in passed}, **{v: Worth(None, passed=False) for v in failed}}
    )


_COMPULSORY = frozenset({_F.COMPULSORY, _F.SPECIAL, _F.SAMI})
EARLIER = (
    Scale(
        id="gr-1994", valid_from=date(1995, 7, 1), valid_to=date(2012, 6, 30), forms=_COMPULSORY,
        values=_words("MVG", "VG", "G", failed=("***",)), dash=True,
    ),
    Scale(
        id="gy-1994", valid_from=date(1994, 7, 1), valid_to=date(2016, 6, 30),
        values=_words("MVG", "VG", "G", failed=("IG", "***")), dash=True,
        forms=frozenset({_F.UPPER_SECONDARY, _F.ADULT_UPPER_SECONDARY, _F.ADULT_BASIC}),
    ),
    Scale(
        id="relativ-1962", valid_from=date(1962, 7, 1), valid_to=date(1998, 6, 30),
        values=_words("5", "4", "3", "2", failed=("1", "***")), dash=True,
        forms=_COMPULSORY | {_F.UPPER_SECONDARY, _F.ADULT_UPPER_SECONDARY, _F.ADULT_BASIC},
    ),
)  # fmt: skip
"""Scales that grades are only imported in (lpo 94, lpf 94 and before [M]: when the last pupils got them); ***
stands where no grade could be set. Nothing is counted from them: points come from a scale alone.
"""

BY_ID = MappingProxyType({scale.id: scale for scale in (*SCALES, *EARLIER)})


def scale(form: SchoolForm, on: date, *, work: bool = False) -> Scale:
    """The scale of a form on a day. Raises `NoScale`.

    >>> scale(SchoolForm.COMPULSORY, date(2026, 6, 1)).legal
    ('A', 'B', 'C', 'D', 'E', 'F', '-')
    """
    found = [s for s in SCALES if form in s.forms and s.work == work and s.valid_from <= on]
    if not found:
        raise NoScale(field="schoolForm", value=form.value)
    return max(found, key=lambda s: s.valid_from)


def scale_of(value: str, form: SchoolForm, on: date, *, work: bool = False) -> Scale:
    """The scale that a grade of an earlier day was set in: the form's own of that day, the newest first, also
    one that was on its way out. Raises `NoScale`, `IllegalValue`.

    >>> scale_of("MVG", SchoolForm.COMPULSORY, date(2009, 6, 10)).id
    'gr-1994'
    """
    found = [
        s for s in (*SCALES, *EARLIER)
        if form in s.forms and s.work == work and s.valid_from <= on and (not s.valid_to or on <= s.valid_to)
    ]  # fmt: skip
    if not found:
        raise NoScale(field="schoolForm", value=form.value)
    for one in sorted(found, key=lambda s: s.valid_from, reverse=True):
        if value in one.legal:
            return one
    legal = dict.fromkeys(v for one in found for v in one.legal)
    raise IllegalValue(field="gradeValue", value=value, legal=", ".join(legal))
