"""People over HTTP."""

from __future__ import annotations

from datetime import date

from functions.register.schemas.common import GroupRef, Id, UnitRef
from skolkit.http import Shape


class ChildView(Shape):
    """A child as the guardian's list shows it. Unit, form, year and classes are today's."""

    id: Id
    given_name: str
    family_name: str
    unit: UnitRef | None
    school_form: str
    year: int | None
    classes: list[GroupRef]


class Children(Shape):
    """The children in the caller's custody."""

    data: list[ChildView]


class PersonView(ChildView):
    """A person. `protected`: protected identity; handle with the routines for it."""

    birth_date: date
    protected: bool
