"""Files of national test results (process 31's report data): a job writes one into S3, a link fetches it.

One row per pupil and part, as Skolverket and SCB collect them, or counts per part. Nobody with protected
identity is in a file: those are sent by hand. A link is given only while nobody in the file has become
protected and whoever asked still has the right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from functions.access import guard
from functions.assessment.domain import national_tests as calendar
from functions.assessment.domain import writers
from functions.assessment.domain.national_tests import Outcome
from functions.assessment.domain.sittings import Result, Sitting, SittingId
from functions.assessment.domain.writers import Place
from functions.assessment.events import TestExportAsked
from functions.assessment.schemas.sittings import NewTestExport
from functions.assessment.store import national_tests as calendar_store
from functions.assessment.store import sittings as store
from functions.assessment.store.sittings import TestExportItem
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import ListedPerson
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import DomainError, NotFound, Text
from skolkit.idempotency import RequestKey
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.jobs import JobView
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit, fetch
from skolkit.tables import bucket
from skolkit.tables.formats import CONTENT_TYPES, write_table
from skolkit.tables.shapes import FileLink
from skolkit.types import GroupId, PersonId, UnitId

Rows = list[list[object]]
RESULTS: tuple[str, ...] = (
    "Läsår", "Skolenhetskod", "Prov", "Provaktivitet", "Årskurs", "Personnummer", "Elev-id", "Grupp",
    "Delprov", "Läge", "Betyg", "Poäng", "Provbetyg",
)  # fmt: skip
COUNTS: tuple[str, ...] = ("Läsår", "Skolenhetskod", "Prov", "Årskurs", "Delprov", "Resultat", "Elever")
WORDS = {"done": "gjort", "didNotTakePart": "intedeltagit", "lost": "borttappat", "exempt": "befriad"}


class FileGone(DomainError):
    """A file has come to its end, or shows somebody who has become protected."""

    status = 410
    reason = Text("Filen finns inte längre.", "The file is there no longer.")
    advice = Text("Gör en ny fil.", "Make a new file.")


class NoFileYet(DomainError):
    """The file is being written."""

    reason = Text("Filen är inte klar.", "The file is not ready.")
    advice = Text("Vänta tills jobbet är klart.", "Wait until the job is done.")


def export_test_results(caller: Caller, unit: UnitId, new: NewTestExport, key: RequestKey) -> JobView:
    """Ask for a file of a unit's results. Two round trips."""
    _may(caller, unit)
    year = new.school_year or str(SchoolYear.of(today()))
    request = new.model_dump(mode="json") | {"unit": unit, "school_year": year}
    return jobs.view(
        jobs.ask(TestExportItem, TestExportAsked, "export_test_results", caller.person_id, request, key)
    )


def _may(caller: Caller, unit: UnitId) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "assessment:report_tests", guard.Unit(unit), duties)


def read_test_export(caller: Caller, id: str) -> JobView:
    """How far a file has come. Two round trips."""
    return jobs.view(_seen(caller, id))


def link_test_export(caller: Caller, id: str) -> FileLink:
    """A link to a file. Four round trips, one of them to S3, and one per 100 people in it."""
    job = _seen(caller, id)
    if job.state != "done":
        raise NoFileYet(field="job", value=id)
    until = datetime.fromisoformat(str(job.ended)) + timedelta(days=bucket.DAYS["exports"])
    people: list[PersonId] | None = bucket.get_json(_key(job, "people.json"))
    if people is None or until < now() or len(_open(people)) < len(people):
        raise FileGone(field="job", value=id)
    record_read(Trace(caller.person_id, "link_test_export", id))
    name = f"{job.job}.{job.request['format']}"
    return FileLink(url=bucket.link(_key(job, name), name), seconds=bucket.LINK_SECONDS)


def _seen(caller: Caller, id: str) -> TestExportItem:
    job = jobs.find(TestExportItem, id)
    if job is None or job.asked_by != caller.person:
        raise NotFound
    _may(caller, UnitId(job.request["unit"]))
    return job


def write_test_export(asked: TestExportAsked) -> None:
    """Write a file: a unit's school year at once."""
    jobs.run(TestExportItem, asked, _step, again=TestExportAsked)


def _step(job: TestExportItem) -> bool:
    caller = Caller(PersonId(job.asked_by), "exports", frozenset({SCHOOL_SCOPE}))
    unit, year = UnitId(job.request["unit"]), SchoolYear.parse(job.request["school_year"])
    _may(caller, unit)
    record = organisation.unit(unit)
    code, sittings = str(record.code or "") if record else "", store.sittings_at(unit, year)
    sittings += _in_no_group(unit, year, record.school_forms if record else (), sittings)
    if job.request["table"] == "counts":
        headings, rows, people = COUNTS, _counts(code, sittings), list[PersonId]()
    else:
        headings, rows, people = RESULTS, *_results(code, sittings)
    content = write_table([headings, *rows], job.request["format"], title="Nationella prov")
    bucket.put_json(_key(job, "people.json"), people)
    bucket.put(_key(job, f"{job.job}.{job.request['format']}"), content, CONTENT_TYPES[job.request["format"]])
    job.total = job.done = len(rows)
    job.outcome = {"rows": len(rows)}
    commit(job, trace=Trace(job.asked_by, job.job, unit, changes=f"{len(rows)} rows"))
    return False


def _in_no_group(
    unit: UnitId, year: SchoolYear, forms: Collection[SchoolForm], sittings: Sequence[Sitting]
) -> list[Sitting]:
    """Pupils whom the principal has exempted and nobody has put in a test group, by test, as if in a group
    without a name. A query per 4,000 pupils, three of the calendar, and a batch per hundred pupils and test.
    """
    places: dict[PersonId, list[Place]] = {}
    for row in register.pupils_now(unit):
        places.setdefault(row.person, []).append(Place(row.school_form, row.year))
    found: list[Sitting] = []
    for test in calendar.due_at(calendar_store.tests_of(year), forms, calendar_store.given(unit, year)[0]):
        writing = {pupil for one in sittings if one.paper.id == test.id for pupil in one.pupils}
        others = [p for p in places if p not in writing and writers.is_for(test, places[p], today())]
        exempt = [pupil for pupil, one in store.results(others, test).items() if one.parts]
        if exempt:
            found.append(
                Sitting(
                    id=SittingId(""), unit=unit, group=GroupId(""), paper=test, responsible=PersonId(""),
                    pupils=tuple(exempt),
                )
            )  # fmt: skip
    return found


def _key(job: TestExportItem, name: str) -> str:
    return bucket.key("exports", job.id, name)


def _results(code: str, sittings: list[Sitting]) -> tuple[Rows, list[PersonId]]:
    rows: Rows = []
    people: dict[PersonId, None] = {}
    for one in sittings:
        listed, known = _open(one.pupils), store.results(one.pupils, one.paper)
        for pupil in (pupil for pupil in one.pupils if pupil in listed):
            people[pupil] = None
            result = known.get(pupil)
            rows += [
                [
                    *_head(code, one), listed[pupil].civic_no or "", pupil, one.group, part.code,
                    *_cells(result, part.code), result.grade or "" if result else "",
                ]
                for part in one.paper.parts
            ]  # fmt: skip
    return rows, list(people)


def _head(code: str, one: Sitting) -> list[object]:
    paper = one.paper
    return [str(paper.school_year), code, paper.subject, paper.activity or "", paper.year or ""]


def _cells(result: Result | None, part: str) -> list[object]:
    one = result.parts.get(part) if result else None
    if one is None:
        return ["", "", ""]
    return [WORDS[one.state], one.grade or "", "" if one.points is None else one.points]


def _open(pupils: Sequence[PersonId]) -> dict[PersonId, ListedPerson]:
    """Those who may be in a file: in the register and not protected. One round trip per 100."""
    listed: dict[PersonId, ListedPerson] = fetch(register.wanted_listed(pupils))[0] if pupils else {}
    return {pupil: person for pupil, person in listed.items() if not person.protected}


def _counts(code: str, sittings: list[Sitting]) -> Rows:
    """How many had which result of which part; protected pupils are counted, nobody is named."""
    counted: Counter[tuple[object, ...]] = Counter()
    for one in sittings:
        known = store.results(one.pupils, one.paper)
        year, _, subject, _, of_year = _head(code, one)
        for pupil in one.pupils:
            result = known.get(pupil)
            for part in one.paper.parts:
                counted[year, code, subject, of_year, part.code, _word(result, part.code)] += 1
            counted[year, code, subject, of_year, "prov", result.grade or "inget" if result else "inget"] += 1
    return [
        [*key, count] for key, count in sorted(counted.items(), key=lambda pair: tuple(map(str, pair[0])))
    ]


def _word(result: Result | None, part: str) -> str:
    one: Outcome | None = result.parts.get(part) if result else None
    if one is None:
        return "inget"
    return one.grade or (str(one.points) if one.points is not None else WORDS[one.state])
