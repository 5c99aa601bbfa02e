"""Programme structures, listed by school form and code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from functions.organisation.domain.programmes import Content, Programme, ProgrammeId
from functions.organisation.domain.syllabuses import SyllabusId
from functions.organisation.store.base import OrganisationItem, Stored, stored
from skolkit.cursor import seal, unseal
from skolkit.ss12000 import collated
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Wanted


class ListedProgrammes(GlobalSecondaryIndex["ProgrammeItem"]):
    """The same index as the units', `listed`: the programmes of a school form by code and day."""

    class Meta:
        index_name = "listed"
        projection = AllProjection()

    listed_pk = UnicodeAttribute(hash_key=True)
    listed_sk = UnicodeAttribute(range_key=True)


class ProgrammeItem(OrganisationItem, discriminator="programme"):
    """A programme from a day on; content is `[part, points, [[syllabus, …], …]]`."""

    fed, orders = True, 2
    code = UnicodeAttribute()
    name = UnicodeAttribute()
    programme_type = UnicodeAttribute()
    school_form = UnicodeAttribute()
    valid_from = UnicodeAttribute()
    content = JSONAttribute()
    points = NumberAttribute(null=True)
    parent = UnicodeAttribute(null=True)
    listed_pk = UnicodeAttribute()
    listed_sk = UnicodeAttribute()
    listed = ListedProgrammes()

    def order_texts(self) -> Sequence[str]:
        """By name and code."""
        return collated(self.name), collated(self.code)


def programme_key(id: str) -> tuple[str, str]:
    """Where a programme is."""
    return f"PROGRAMME#{id}", "PROGRAMME"


def programme_item(p: Programme) -> ProgrammeItem:
    """The item of a programme."""
    return ProgrammeItem(
        *programme_key(p.id), code=p.code, name=p.name, programme_type=p.type,
        school_form=p.school_form.value, valid_from=p.valid_from.isoformat(), points=p.points,
        parent=p.parent,
        content=[[c.part, c.points, [list(ids) for ids in c.syllabuses]] for c in p.content],
        listed_pk=f"PROGRAMMES#{p.school_form.value}", listed_sk=f"{p.code}#{p.valid_from}#{p.id}",
    )  # fmt: skip


def find_programme(id: ProgrammeId) -> Programme | None:
    """One get."""
    item = ProgrammeItem.find(*programme_key(id))
    return _programme(item) if item else None


def wanted_programmes(ids: Sequence[ProgrammeId]) -> Wanted[dict[ProgrammeId, Programme]]:
    """Programmes by id; unknown ones are left out."""

    def answer(found: dict[tuple[str, str], ProgrammeItem]) -> dict[ProgrammeId, Programme]:
        return {id: _programme(found[key]) for id in ids if (key := programme_key(id)) in found}

    return Wanted(ProgrammeItem, [programme_key(id) for id in ids], answer)


def stored_programmes(
    keys: Sequence[tuple[str, str]], *, consistent: bool
) -> dict[tuple[str, str], Stored[Programme]]:
    """Programmes by key. One `BatchGetItem` per 100."""
    return stored(ProgrammeItem, keys, _programme, consistent=consistent)


def page_of_programmes(
    form: SchoolForm, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Programme], str | None]:
    """A page of a school form's programmes by code, and the next cursor. One query."""
    found = ProgrammeItem.listed.query(
        f"PROGRAMMES#{form.value}", limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    page = [_programme(item) for item in found]
    return page, seal(found.last_evaluated_key, *bound_to)


def _programme(item: ProgrammeItem) -> Programme:
    pk: str = item.pk
    return Programme(
        id=ProgrammeId(pk.removeprefix("PROGRAMME#")),
        code=item.code,
        name=item.name,
        type=item.programme_type,  # type: ignore[arg-type]
        school_form=SchoolForm(item.school_form),
        valid_from=date.fromisoformat(item.valid_from),
        content=tuple(
            Content(part, points, tuple(tuple(map(SyllabusId, ids)) for ids in syllabuses))
            for part, points, syllabuses in item.content
        ),
        points=None if item.points is None else int(item.points),
        parent=ProgrammeId(item.parent) if item.parent else None,
    )
