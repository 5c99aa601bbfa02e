"""Statistics of grades: counted when a period is closed, read as stored tables."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from functions.access import guard
from functions.grades.domain import statistics as rules
from functions.grades.domain.catalogue import Entry, family
from functions.grades.domain.disclosure import RULES, Band
from functions.grades.domain.periods import Period
from functions.grades.domain.statistics import Counts, Row, Table
from functions.grades.schemas import statistics as schemas
from functions.grades.store import catalogue, periods
from functions.grades.store import statistics as store
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import now, today
from skolkit.cursor import seal, unseal
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import LIMIT, chunks, commit, fetch
from skolkit.tables.formats import CONTENT_TYPES, write_table
from skolkit.types import GroupId, PersonId, UnitId

KEYS = 1000  # of one query of the index


def count_period(id: str) -> None:
    """Count the grades of a period that is closed anew: the same however often. A query per 1,000 entries of
    the unit's term, a batch per 100 of them and per 100 pupils, and two round trips a table; one round trip
    for a period that is open.
    """
    period = periods.find_period(id)
    if period is None or period.state != "closed":
        return
    entries = list(_entries(period))
    sexes = _sexes(sorted({entry.pupil for entry in entries}))
    for table in rules.tables(period, entries, sexes, now()):
        persist(partial(_keep, table))


def count_around(pupil: PersonId, id: str) -> None:
    """Count anew the closed periods that a decision of no sheet belongs to, a trial's or one that corrects an
    imported grade, and those of what it has taken the place of. Two queries, and one a term more, before
    `count_period`.
    """
    known = catalogue.entries([pupil])
    entry = next((one for one in known if one.id == id), None)
    around = family(entry, known) if entry else ()
    terms = {(one.unit, one.school_year, one.term) for one in around}
    found = {p.id: p for unit, year, term in sorted(terms) for p in periods.periods_of(unit, year, term)}
    for period in found.values():
        if period.state == "closed" and any(period.covers(one.subject.form, one.year) for one in around):
            count_period(period.id)


def _entries(period: Period) -> Iterator[Entry]:
    after = None
    while True:
        keys, after = catalogue.keys_of_unit(period.unit, period.school_year, period.term, None, KEYS, after)
        for some in chunks(keys, LIMIT):
            yield from fetch(catalogue.wanted_entries(some))[0]
        if after is None:
            return


def _sexes(pupils: Sequence[PersonId]) -> dict[PersonId, str]:
    found: dict[PersonId, str] = {}
    for some in chunks(pupils, LIMIT):
        found |= fetch(register.wanted_sexes(some))[0]
    return found


def _keep(table: Table) -> None:
    commit(store.table_item(rules.renewed(table, store.find_table(table))))


def read_grade_statistics(caller: Caller, unit: UnitId, query: schemas.StatisticsQuery) -> schemas.TableList:
    """A unit's own exact tables, by sex and group. Two round trips."""
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "grades:read_statistics", guard.Unit(unit), duties)
    found = store.latest_tables(unit, query.school_form, query.year, query.semester)
    return schemas.TableList(data=[_view(table, map(_exact, table.rows), None) for table in found])


def read_open_grade_statistics(
    caller: Caller, unit: UnitId, query: schemas.StatisticsQuery
) -> schemas.TableList:
    """A unit's tables as everybody may see them. One round trip."""
    guard.require(caller, "grades:read_open_statistics", guard.SYSTEM)
    found = store.latest_tables(unit, query.school_form, query.year, query.semester)
    return schemas.TableList(data=[_open(table) for table in found])


def read_grade_statistics_file(caller: Caller, unit: UnitId, query: schemas.FileQuery) -> schemas.TableFile:
    """A unit's tables as a file, a line for each band of each part. As many round trips as the tables, and
    one for the groups' names.
    """
    read = read_grade_statistics if query.exact else read_open_grade_statistics
    tables = read(caller, unit, query).data
    groups = {g.group for table in tables for row in table.rows for g in row.groups or ()}
    known = fetch(organisation.wanted_groups(sorted(map(GroupId, groups)), today()))[0] if groups else {}
    names = {str(id): group.name for id, group in known.items()}
    content = write_table([HEADINGS, *_lines(tables, names)], query.format, title="Betyg")
    return schemas.TableFile(
        name=f"betyg-{query.school_form.value}-{query.year or ''}-{query.semester}.{query.format}",
        content_type=CONTENT_TYPES[query.format], content=b64encode(content).decode(),
    )  # fmt: skip


HEADINGS = (
    "Läsår", "Termin", "Årskurs", "Ämneskod", "Ämne", "Del", "Elever", "Betyg", "Antal", "Andel, %",
)  # fmt: skip


def _lines(tables: Iterable[schemas.TableView], names: Mapping[str, str]) -> Iterator[list[object]]:
    for table in tables:
        for row in table.rows:
            about = [table.school_year, table.semester, table.year or "", row.subject_code, row.subject_name]
            parts = [("Alla", row.students, row.values)]
            parts += [(sex, sum(b.count for b in bands), bands) for sex, bands in (row.sexes or {}).items()]
            parts += [(names.get(g.group, g.group), g.students, g.values) for g in row.groups or ()]
            for part, size, bands in parts:
                for band in bands:
                    share = str(band.share).replace(".", ",")
                    yield [*about, part, size, " ".join(band.grade_values), band.count, share]
                if not bands:
                    yield [*about, part, "–" if size is None else size, "–", "–", "–"]


def list_open_grade_statistics(caller: Caller, query: schemas.UnitsQuery) -> schemas.TablePage:
    """The units' tables of one year, as everybody may see them. Two round trips."""
    guard.require(caller, "grades:read_open_statistics", guard.SYSTEM)
    asked = (query.school_form.value, str(query.year), query.semester, query.school_year)
    place = unseal(query.cursor, "open statistics", *asked, caller.seal)
    units = sorted(unit.id for unit in organisation.units() if place is None or unit.id > place["after"])
    some = units[: query.limit]
    (found,) = fetch(
        store.wanted_tables(some, query.school_form, query.year, query.semester, query.school_year)
    )
    after = {"after": some[-1]} if len(units) > len(some) else None
    return schemas.TablePage(
        data=[_open(found[unit]) for unit in some if unit in found],
        cursor=seal(after, "open statistics", *asked, caller.seal),
    )


def _open(table: Table) -> schemas.TableView:
    return _view(table, map(_protected, table.open), RULES.id)


def _view(table: Table, rows: Iterable[schemas.RowView], by: str | None) -> schemas.TableView:
    return schemas.TableView(
        organisation=table.unit, school_form=table.form, year=table.year, semester=table.term,
        school_year=table.school_year, counted_timestamp=table.counted, rules=by, rows=list(rows),
    )  # fmt: skip


def _protected(row: Row) -> schemas.RowView:
    seen, mean = rules.open_row(row)
    return schemas.RowView(
        subject_code=row.code, subject_name=row.name, students=seen.size, values=_bands(seen.bands),
        mean_points=mean, groups=None,
        sexes={sex: _bands(bands) for sex, bands in seen.sexes.items()} if seen.sexes else None,
    )  # fmt: skip


def _exact(row: Row) -> schemas.RowView:
    return schemas.RowView(
        subject_code=row.code, subject_name=row.name, students=sum(row.whole.values()),
        values=_all(row, row.whole), mean_points=row.mean(row.whole),
        sexes={sex: _all(row, counts) for sex, counts in row.sexes.items()},
        groups=[
            schemas.GroupView(
                group=group, students=sum(counts.values()), values=_all(row, counts),
                mean_points=row.mean(counts),
            )
            for group, counts in row.groups.items()
        ],
    )  # fmt: skip


def _all(row: Row, counts: Counts) -> list[schemas.BandView]:
    return _bands([Band((value,), counts.get(value, 0)) for value in row.values])


def _bands(bands: Sequence[Band]) -> list[schemas.BandView]:
    size = sum(band.count for band in bands) or 1
    return [
        schemas.BandView(
            grade_values=list(band.values), count=band.count, share=round(100 * band.count / size, 1)
        )
        for band in bands
    ]
