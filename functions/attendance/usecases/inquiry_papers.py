"""Papers of an investigation of absence (process 23): asked for, written, fetched by a link that soon ends,
and taken away when somebody they name becomes protected.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from functions.attendance.domain import inquiry_paper as rules
from functions.attendance.domain.inquiry import Case, Note
from functions.attendance.domain.inquiry_paper import Named, Paper
from functions.attendance.domain.totals import of_pupil
from functions.attendance.events import InquiryPaperAsked
from functions.attendance.schemas import inquiry as schemas
from functions.attendance.store import inquiry as store
from functions.attendance.store import papers
from functions.attendance.usecases.inquiry_rights import known_pupil, require_case
from functions.attendance.usecases.totals import pupil_days
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import ListedPerson, PersonName, PupilRecord, require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit, fetch
from skolkit.types import PersonId, new_id

_SYSTEM = "system:inquiry_papers"
TEMPLATE = Path(__file__).parent.with_name("documents") / "inquiry.typ"


def make_inquiry_paper(caller: Caller, id: str, new: schemas.NewPaper, key: RequestKey) -> schemas.PaperView:
    """Have a paper made of a case as it is now. Seven round trips."""
    _, _, pupil, _ = require_case(caller, "attendance:read_inquiry", id)
    if len(store.papers_of(id)) >= rules.MOST_PAPERS:
        raise rules.TooManyPapers(field="inquiry", value=id)
    paper = Paper(new_id(), new.edition, caller.person_id, now())
    view = paper_view(paper)
    commit(
        store.paper_item(id, paper),
        facts=[InquiryPaperAsked(inquiry=id, paper=paper.id)],
        trace=Trace(caller.person_id, "make_inquiry_paper", pupil.id, changes=f"{id} {paper.edition}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def link_inquiry_paper(caller: Caller, id: str, which: str) -> schemas.PaperLink:
    """Where to fetch a paper, while nobody it names has become protected. Eight round trips."""
    found = store.find_paper(id, which)
    pupil = _reader(caller, id, found[1] if found else None)
    if found is None:
        raise NotFound
    paper = found[1]
    if paper.state == "waiting":
        raise rules.PaperNotReady(field="paper", value=which)
    if paper.state == "withdrawn" or (paper.named and pupil.protected) or _protected(paper.people):
        raise rules.PaperGone(field="paper", value=which)
    record_read(Trace(caller.person_id, "link_inquiry_paper", pupil.id, changes=f"{id} {paper.edition}"))
    return schemas.PaperLink(url=papers.link(id, which), seconds=papers.LINK_SECONDS, sha256=paper.sha256)


def _reader(caller: Caller, id: str, paper: Paper | None) -> PupilRecord:
    """The pupil, for those who read the case; for the home when the paper is its part."""
    try:
        return require_case(caller, "attendance:read_inquiry", id).pupil
    except NotFound:
        found = store.find_case(id)
        pupil = known_pupil(found[1].pupil) if found else None
        if paper is None or paper.edition != "home" or pupil is None:
            raise
    return require_pupil(caller, "attendance:read_shared_inquiries", pupil.id)


def _protected(people: tuple[PersonId, ...]) -> bool:
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(people), consistent=True)[0]
    return any(person not in names or names[person].protected for person in people)


def write_inquiry_paper(asked: InquiryPaperAsked) -> None:
    """Write a paper that is asked for, once; anew when the pupil becomes protected meanwhile. Ten round
    trips, one for each of the pupil's groups, one to S3.
    """
    persist(partial(_write, asked))


def _write(asked: InquiryPaperAsked) -> None:
    from skolkit import pdf  # the layer `documents`, which only the worker carries

    found, known = store.find_paper(asked.inquiry, asked.paper), store.find_case(asked.inquiry)
    if found is None or known is None or found[1].state != "waiting":
        return
    (item, paper), case = found, known[1]
    notes, pupil = store.notes_of(case.id), known_pupil(case.pupil)
    records = pupil.records if pupil else (case.pupil,)
    named = _named(paper, case, notes, records[0])
    sums = of_pupil(records, pupil_days(records, *rules.span_of(case, today())), "month", now())
    said = rules.content(paper.edition, case, notes, sums, named, now())
    sha256 = papers.put(case.id, paper.id, pdf.pdf(TEMPLATE, said))
    made = rules.written(paper, records[0], named, sha256, now())
    trace = Trace(_SYSTEM, "write_inquiry_paper", case.pupil, changes=f"{case.id} {paper.edition}")
    commit(store.paper_item(case.id, made, item), trace=trace)


def _named(paper: Paper, case: Case, notes: list[Note], pupil: PersonId) -> Named:
    staff = sorted(rules.staff_of(case, notes)) if paper.edition == "whole" else []
    names, listed = fetch(register.wanted_names(staff), register.wanted_listed([pupil]), consistent=True)
    person: ListedPerson | None = listed.get(pupil)
    unit = organisation.unit(case.unit)
    return Named(
        f"{person.given_name} {person.family_name}, {person.civic_no or 'personnummer saknas'}"
        if person and not person.protected
        else None,
        f"{unit.name}, skolenhetskod {unit.code}" if unit else "",
        {id: None if one.protected else f"{one.given_name} {one.family_name}" for id, one in names.items()},
    )


def hide_inquiry_papers(person: PersonId) -> None:
    """Take away the papers that name a pupil who has become protected; what is being written begins anew. One
    round trip for most; a query for each case, and two round trips for each paper.
    """
    for case in store.cases_of(list(register.records_of(person))):
        for _, paper in store.papers_of(case.id):
            persist(partial(_hide, case, paper.id))


def _hide(case: Case, which: str) -> None:
    found = store.find_paper(case.id, which)
    fresh = rules.hidden(found[1]) if found else None
    if found is None or fresh is None:
        return
    if fresh.state == "withdrawn":
        papers.remove(case.id, which)
    trace = Trace(_SYSTEM, "hide_papers", case.pupil, changes=which)
    commit(store.paper_item(case.id, fresh, found[0]), trace=trace)


def paper_view(paper: Paper) -> schemas.PaperView:
    """A paper as it is shown."""
    return schemas.PaperView(
        id=paper.id, edition=paper.edition, state=paper.state, asked=paper.asked, made=paper.made,
        sha256=paper.sha256,
    )  # fmt: skip
