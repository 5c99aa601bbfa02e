"""Statistics of grades: counted when a period is closed, read as stored tables."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from functions.access import guard
from functions.grades.domain import graduates, leavers, municipality
from functions.grades.domain import statistics as rules
from functions.grades.domain.catalogue import Entry, Term, family
from functions.grades.domain.disclosure import RULES, Band, Shown
from functions.grades.domain.leavers import Part
from functions.grades.domain.municipality import Total
from functions.grades.domain.periods import Period
from functions.grades.domain.statistics import Counts, Row, Table
from functions.grades.schemas import statistics as schemas
from functions.grades.store import catalogue, periods
from functions.grades.store import statistics as store
from functions.grades.usecases import results
from functions.organisation import queries as organisation
from functions.register import queries as register
from skolkit.clock import now, today
from skolkit.cursor import seal, unseal
from skolkit.errors import ChangedMeanwhile
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.sweden.codes import SchoolForm
from skolkit.table import LIMIT, chunks, commit, fetch
from skolkit.tables.formats import CONTENT_TYPES, write_table
from skolkit.types import GroupId, PersonId, UnitId

KEYS = 1000  # of one query of the index


def count_period(id: str) -> None:
    """Count the grades of a period that is closed anew: the same however often. A query per 1,000 entries of
    the unit's term, a batch per 100 of them and per 100 pupils, and two round trips a table; for the last
    years three batches more per 100 pupils, and a query for each who has had grades since; one round trip for
    a period that is open.
    """
    period = periods.find_period(id)
    if period is None or period.state != "closed":
        return
    entries = list(_entries(period))
    sexes = _sexes(sorted({entry.pupil for entry in entries}))
    found = results.results_of(period, entries, sexes)
    for table in rules.tables(period, entries, sexes, now()):
        persist(partial(_keep, replace(table, rows=(*table.rows, *found.get(table.year, ())))))


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
    return schemas.TableList(data=[_exact_view(table) for table in found])


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
    groups |= {g.group for table in tables if table.results for g in table.results.groups or ()}
    groups |= {g.group for table in tables if table.graduates for g in table.graduates.groups}
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
        if table.graduates:
            yield from _graduate_lines(table, table.graduates, names)
        if table.results:
            yield from _result_lines(table, table.results, names)


def _graduate_lines(
    table: schemas.TableView, found: schemas.GraduatesView, names: Mapping[str, str]
) -> Iterator[list[object]]:
    about = [table.school_year, table.semester, table.year or ""]
    parts = [("Alla", found.whole), *found.sexes.items()]
    parts += [(names.get(one.group, one.group), one.results) for one in found.groups]
    for part, said in parts:
        mean = _said(said.mean_grade_points)
        yield [*about, rules.FIGURE, "Genomsnittlig betygspoäng", part, said.students, "", mean, ""]
        for name, count in (("Examen", said.diploma), ("Studiebevis", said.studies), ("Okänt", said.unknown)):
            yield [*about, rules.DIPLOMA, name, part, said.students, "", count, ""]


def _result_lines(
    table: schemas.TableView, results: schemas.ResultsView, names: Mapping[str, str]
) -> Iterator[list[object]]:
    about = [table.school_year, table.semester, table.year or ""]
    parts = [("Alla", results.whole), *(results.sexes or {}).items()]
    parts += [(names.get(one.group, one.group), one.results) for one in results.groups or ()]
    for part, said in parts:
        size = _said(said.students)
        mean = _said(said.mean_merit_value)
        yield [*about, rules.MERIT, "Genomsnittligt meritvärde", part, size, "", mean, ""]
        for one in said.eligible:
            name = "Behörig till " + (", ".join(one.programmes) or "yrkesprogram")
            yield [*about, rules.ELIGIBLE, name, part, size, "", _said(one.count), _said(one.share)]


def _said(number: float | None) -> object:
    return "–" if number is None else str(number).replace(".", ",") if isinstance(number, float) else number


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


def _exact_view(table: Table) -> schemas.TableView:
    counted = [_exact(row) for row in table.rows if row.code not in RESULTS]
    return _view(table, counted, _exact_results(table), None, _graduates(table))


def _exact_results(table: Table) -> schemas.ResultsView | None:
    found = leavers.exact(table)
    if found is None:
        return None
    whole, sexes, groups = found
    return schemas.ResultsView(
        whole=_part(whole), sexes={sex: _part(part) for sex, part in sexes.items()},
        groups=[schemas.GroupResults(group=id, results=_part(part)) for id, part in groups.items()],
    )  # fmt: skip


def _graduates(table: Table) -> schemas.GraduatesView | None:
    found = graduates.exact(table)
    if found is None:
        return None
    whole, sexes, groups = found
    return schemas.GraduatesView(
        whole=_ended(whole), sexes={sex: _ended(part) for sex, part in sexes.items()},
        groups=[schemas.GroupGraduates(group=id, results=_ended(part)) for id, part in groups.items()],
    )  # fmt: skip


def _ended(part: graduates.Part) -> schemas.PartGraduates:
    return schemas.PartGraduates(students=part.size, mean_grade_points=part.mean, **part.endings)


def count_municipality() -> None:
    """Put the units together, for the terms that have settled: once, what is there stays. A round trip for
    the units and one a term for what there is; a batch per 100 units and one round trip for each year of a
    form that has no total.
    """
    units = sorted(unit.id for unit in organisation.units())
    for school_year, term in municipality.settled(today()):
        kinds = list(municipality.kinds())
        (there,) = fetch(store.wanted_counted(kinds, term, school_year), consistent=True)
        for form, year in kinds:
            if (form, year) not in there:
                _put_together(units, form, year, term, school_year)


def _put_together(
    units: Sequence[UnitId], form: SchoolForm, year: int | None, term: Term, school_year: str
) -> None:
    (found,) = fetch(store.wanted_tables(units, form, year, term, school_year), consistent=True)
    if found:
        with suppress(ChangedMeanwhile):
            commit(store.total_item(municipality.municipal(list(found.values()), now())))


def read_municipal_grade_statistics(
    caller: Caller, query: schemas.StatisticsQuery
) -> schemas.MunicipalTables:
    """The municipality's units together, as everybody may see them. One round trip."""
    guard.require(caller, "grades:read_open_statistics", guard.SYSTEM)
    found = store.latest_totals(query.school_form, query.year, query.semester)
    return schemas.MunicipalTables(data=[_total(one) for one in found])


def _total(total: Total) -> schemas.MunicipalTable:
    results = None
    if total.results:
        sexes = {sex: _part(part) for sex, part in total.results[1].items()}
        results = schemas.ResultsView(whole=_part(total.results[0]), sexes=sexes, groups=None)
    return schemas.MunicipalTable(
        school_form=total.form, year=total.year, semester=total.term, school_year=total.school_year,
        counted_timestamp=total.counted, units=total.units, rules=RULES.id, results=results,
        rows=[_shown(row.code, row.name, row.seen, row.mean) for row in total.rows],
    )  # fmt: skip


def _open(table: Table) -> schemas.TableView:
    seen = leavers.open_results(table.open)
    results = None
    if seen:
        sexes = {sex: _part(part) for sex, part in seen[1].items()}
        results = schemas.ResultsView(whole=_part(seen[0]), sexes=sexes or None, groups=None)
    return _view(table, [_protected(r) for r in table.open if r.code not in RESULTS], results, RULES.id)


RESULTS = (rules.MERIT, rules.ELIGIBLE, rules.FIGURE, rules.DIPLOMA)


def _part(part: Part) -> schemas.PartResults:
    return schemas.PartResults(
        students=part.size, mean_merit_value=part.mean, rounded_to=part.step,
        eligible=[
            schemas.EligibleView(
                kind=one.kind, programmes=list(leavers.PROGRAMMES[one.kind]), count=one.count,
                share=None if one.count is None or not part.size else round(100 * one.count / part.size, 1),
            )
            for one in part.eligible
        ],
    )  # fmt: skip


def _view(
    table: Table, rows: Sequence[schemas.RowView], results: schemas.ResultsView | None, by: str | None,
    graduates: schemas.GraduatesView | None = None,
) -> schemas.TableView:  # fmt: skip
    return schemas.TableView(
        organisation=table.unit, school_form=table.form, year=table.year, semester=table.term,
        school_year=table.school_year, counted_timestamp=table.counted, rules=by, rows=list(rows),
        results=results, graduates=graduates,
    )  # fmt: skip


def _protected(row: Row) -> schemas.RowView:
    return _shown(row.code, row.name, *rules.open_row(row))


def _shown(code: str, name: str, seen: Shown, mean: float | None) -> schemas.RowView:
    return schemas.RowView(
        subject_code=code, subject_name=name, students=seen.size, values=_bands(seen.bands),
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
