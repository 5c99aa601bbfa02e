"""Delegations and substitutions over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from functions.access.guard import Action
from functions.organisation.domain.stand_ins import Basis
from functions.organisation.schemas.common import Id
from skolkit.http import Shape


class NewDelegation(Shape):
    """What to delegate, for which days, and on what legal ground."""

    actions: Annotated[list[Action], Field(min_length=1, max_length=40)]
    basis: Basis
    start_date: date
    end_date: date


class DelegationView(Shape):
    """A delegation; `employee` may do the actions at the unit in the stead of `delegator`."""

    id: Id
    unit: Id
    delegator: Id
    employee: Id
    actions: list[str]
    basis: Basis
    start_date: date
    end_date: date
    version: int


class NewSubstitution(Shape):
    """Whom to replace and from when to when; in one group or one lesson alone when it is named."""

    replaces: Id
    group: Id | None = None
    lesson: Id | None = None
    start_time: AwareDatetime
    end_time: AwareDatetime


class SubstitutionView(Shape):
    """A substitution; `employee` teaches in the stead of `replaces`."""

    id: Id
    unit: Id
    employee: Id
    replaces: Id
    group: Id | None
    lesson: Id | None
    start_time: datetime
    end_time: datetime
    version: int
