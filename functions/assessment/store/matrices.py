"""Matrices, observations and progress.

A matrix is `MATRIX#<id>`, and a line in its unit's list (`MATRICES#<unit>`) and, when shared, in everybody's.
A pupil's observations and progress are beside each other under `PUPIL#<id>`; `DUE#<day>` says which groups
are to have been observed against what by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from functions.assessment.domain.matrices import (
    Matrix,
    MatrixId,
    Observation,
    Progress,
    TrackingSettings,
)
from functions.assessment.store import AssessmentItem
from skolkit.clock import stamp
from skolkit.cursor import page_through, seal, unseal
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import GroupId, PersonId, UnitId

SHARED = "MATRICES#shared"


class MatrixItem(AssessmentItem, discriminator="matrix"):
    """A matrix."""

    data = JSONAttribute()


class MatrixListedItem(AssessmentItem, discriminator="matrix_listed"):
    """That a unit, or everybody, has a matrix."""


class ObservationItem(AssessmentItem, discriminator="observation"):
    """An observation; never changed."""

    data = JSONAttribute()
    at = UnicodeAttribute()


class ProgressItem(AssessmentItem, discriminator="progress"):
    """How far a pupil has come with a matrix; `at` is when somebody was last observed."""

    data = JSONAttribute()
    at = UnicodeAttribute()


class RiskItem(AssessmentItem, discriminator="goal_at_risk"):
    """That it has been told, in a term, that a pupil's goals in a subject are at risk."""

    reason = UnicodeAttribute()
    at = UnicodeAttribute()


class DueItem(AssessmentItem, discriminator="observation_due"):
    """That a group is to have been observed against a matrix by a day."""

    day = UnicodeAttribute()


class TrackingSettingsItem(AssessmentItem, discriminator="tracking_settings"):
    """What a unit shows homes of its tracking."""

    pupils = BooleanAttribute()
    guardians = BooleanAttribute()


@cache
def _matrices() -> TypeAdapter[Matrix]:
    return TypeAdapter(Matrix)


@cache
def _observations() -> TypeAdapter[Observation]:
    return TypeAdapter(Observation)


@cache
def _progress() -> TypeAdapter[Progress]:
    return TypeAdapter(Progress)


def _key(id: str) -> tuple[str, str]:
    return f"MATRIX#{id}", "MATRIX"


def find_matrix(id: MatrixId) -> Matrix | None:
    """One consistent get."""
    item = MatrixItem.find(*_key(id))
    return _matrix(item) if item else None


def _matrix(item: MatrixItem) -> Matrix:
    return _matrices().validate_python({**item.data, "version": item.version})


def matrix_item(one: Matrix) -> MatrixItem:
    """The matrix over the version read."""
    data = _matrices().dump_python(one, mode="json", exclude={"version"})
    return MatrixItem(*_key(one.id), data=data).over(one.version)


def matrix_writes(one: Matrix) -> list[Write]:
    """The matrix over the version read, with its lines."""
    everybody = MatrixListedItem(SHARED, one.id)
    own = Overwrite(MatrixListedItem(f"MATRICES#{one.unit}", one.id))
    return [matrix_item(one), own, Overwrite(everybody) if one.shared else Remove(everybody)]


def page_of_matrices(
    unit: UnitId, limit: int, cursor: str | None, caller: str
) -> tuple[list[Matrix], str | None]:
    """A page of the unit's matrices and then of those shared by others. One or two queries and a batch."""

    def read(pk: str, after: Any, size: int) -> tuple[list[str], Any]:
        found = MatrixListedItem.query(pk, limit=size, page_size=size, last_evaluated_key=after)
        return [str(row.sk) for row in found], found.last_evaluated_key

    bound = ("matrices", unit, caller)
    ids, place = page_through([f"MATRICES#{unit}", SHARED], unseal(cursor, *bound), limit, read)
    return list(matrices([MatrixId(id) for id in dict.fromkeys(ids)]).values()), seal(place, *bound)


def matrices(ids: Sequence[MatrixId]) -> dict[MatrixId, Matrix]:
    """Matrices by id. One batch."""

    def answer(found: dict[tuple[str, str], MatrixItem]) -> dict[MatrixId, Matrix]:
        return {id: _matrix(found[_key(id)]) for id in ids if _key(id) in found}

    known: dict[MatrixId, Matrix] = (
        fetch(Wanted(MatrixItem, [_key(id) for id in ids], answer))[0] if ids else {}
    )
    return known


def observation_item(one: Observation) -> ObservationItem:
    """A new observation."""
    data = _observations().dump_python(one, mode="json")
    return ObservationItem(
        f"PUPIL#{one.pupil}", f"OBSERVED#{one.matrix}#{one.id}", data=data, at=stamp(one.at)
    )


def observation_of(item: ObservationItem) -> Observation:
    """The observation in an item."""
    return _observations().validate_python(item.data)


def page_of_observations(
    records: Sequence[PersonId], matrix: MatrixId, limit: int, cursor: str | None, caller: str
) -> tuple[list[Observation], str | None]:
    """A page of a pupil's observations against a matrix, newest first. One query per record."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Observation], Any]:
        found = ObservationItem.query(
            pk, ObservationItem.sk.startswith(f"OBSERVED#{matrix}#"), limit=size, page_size=size,
            scan_index_forward=False, last_evaluated_key=after,
        )  # fmt: skip
        return [observation_of(item) for item in found], found.last_evaluated_key

    bound = ("observations", records[0], matrix, caller)
    page, place = page_through([f"PUPIL#{r}" for r in records], unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)


def _progress_key(pupil: PersonId, matrix: MatrixId) -> tuple[str, str]:
    return f"PUPIL#{pupil}", f"PROGRESS#{matrix}"


def progress_item(one: Progress) -> ProgressItem:
    """The progress over the version read."""
    data = _progress().dump_python(one, mode="json", exclude={"version"})
    at = stamp(max(standing.at for standing in one.standings.values()))
    return ProgressItem(*_progress_key(one.pupil, one.matrix), data=data, at=at).over(one.version)


def progress_of(item: ProgressItem) -> Progress:
    """The progress in an item."""
    return _progress().validate_python({**item.data, "version": item.version})


def progress(pupils: Sequence[PersonId], matrix: MatrixId) -> dict[PersonId, Progress]:
    """Pupils' progress with a matrix; those never observed are left out. One consistent batch per 100."""
    keys = {_progress_key(pupil, matrix): pupil for pupil in pupils}

    def answer(found: dict[tuple[str, str], ProgressItem]) -> dict[PersonId, Progress]:
        return {keys[key]: progress_of(item) for key, item in found.items()}

    known: dict[PersonId, Progress] = (
        fetch(Wanted(ProgressItem, list(keys), answer), consistent=True)[0] if keys else {}
    )
    return known


def page_of_progress(
    records: Sequence[PersonId], limit: int, cursor: str | None, caller: str
) -> tuple[list[Progress], str | None]:
    """A page of a pupil's progress, by matrix. One query per record."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Progress], Any]:
        found = ProgressItem.query(
            pk, ProgressItem.sk.startswith("PROGRESS#"), limit=size, page_size=size, last_evaluated_key=after
        )
        return [progress_of(item) for item in found], found.last_evaluated_key

    bound = ("progress", records[0], caller)
    page, place = page_through([f"PUPIL#{r}" for r in records], unseal(cursor, *bound), limit, read)
    return page, seal(place, *bound)


def risk_item(pupil: PersonId, term: str, subject: str, reason: str, at: str) -> RiskItem:
    """That it is told that goals are at risk; refused by the transaction when it has been told this term."""
    return RiskItem(f"PUPIL#{pupil}", f"RISK#{term}#{subject}", reason=reason, at=at)


def told(pupils: Sequence[PersonId], term: str, subject: str) -> set[PersonId]:
    """Of whom it has been told this term. One consistent batch."""
    keys = {(f"PUPIL#{pupil}", f"RISK#{term}#{subject}"): pupil for pupil in pupils}

    def answer(found: dict[tuple[str, str], RiskItem]) -> set[PersonId]:
        return {keys[key] for key in found}

    known: set[PersonId] = fetch(Wanted(RiskItem, list(keys), answer), consistent=True)[0] if keys else set()
    return known


def due_item(day: date, group: GroupId, matrix: MatrixId) -> DueItem:
    """That a group is to have been observed against a matrix by a day."""
    return DueItem(f"DUE#{day}", f"{group}#{matrix}", day=day.isoformat())


def due_put(day: date, group: GroupId, matrix: MatrixId) -> Write:
    """The same, whether it has been said before or not."""
    return Overwrite(due_item(day, group, matrix))


def due_on(day: date) -> list[tuple[GroupId, MatrixId]]:
    """Which groups were to have been observed by a day, and against what. One query per 8,000."""
    rows = DueItem.query(f"DUE#{day}", consistent_read=True)
    return [(GroupId(group), MatrixId(matrix)) for group, _, matrix in (r.sk.partition("#") for r in rows)]


def settings_of(unit: UnitId) -> TrackingSettings:
    """What a unit has chosen. One consistent get."""
    item = TrackingSettingsItem.find(f"UNIT#{unit}", "TRACKING")
    if item is None:
        return TrackingSettings()
    return TrackingSettings(bool(item.pupils), bool(item.guardians), item.version or 0)


def settings_item(unit: UnitId, new: TrackingSettings) -> TrackingSettingsItem:
    """What a unit chooses, over the version read."""
    item = TrackingSettingsItem(f"UNIT#{unit}", "TRACKING", pupils=new.pupils, guardians=new.guardians)
    return item.over(new.version)
