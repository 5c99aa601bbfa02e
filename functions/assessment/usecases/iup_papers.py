"""Plans as PDF (process 30): written when a version is published, fetched by a link that soon ends, written
anew without the name when somebody they name becomes protected.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from functions.assessment.domain import iup as rules
from functions.assessment.domain.iup import Edition, Named
from functions.assessment.events import IupPaperAsked
from functions.assessment.schemas import iup as schemas
from functions.assessment.store import iup as store
from functions.assessment.usecases.iup import built_on
from functions.assessment.usecases.rights import require_reader
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import ListedPerson, PersonName, PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import commit, fetch
from skolkit.types import PersonId

_SYSTEM = "system:iup_papers"
TEMPLATE = Path(__file__).parent.with_name("documents") / "iup.typ"


def link_iup(caller: Caller, id: PersonId, year: int) -> schemas.PaperLink:
    """Where to fetch the PDF of the version that the home reads; one that names somebody who has become
    protected is written anew first. Five round trips, three more for staff.
    """
    pupil, _ = require_reader(caller, id)
    plan = store.find(pupil.records, year)
    edition = store.find_edition(plan.pupil, year, plan.published) if plan else None
    if edition is None:
        raise NotFound
    if edition.paper == "ready" and _protected(edition.people):  # before the fact has come, or of staff
        _write_anew(edition, id)
        raise rules.PaperNotReady(field="plan")
    if edition.paper == "waiting":
        raise rules.PaperNotReady(field="plan")
    record_read(Trace(caller.person_id, "link_iup", id, changes=f"{year} {edition.number}"))
    return schemas.PaperLink(url=store.link(edition), seconds=store.LINK_SECONDS, sha256=edition.sha256)


def _protected(people: tuple[PersonId, ...]) -> bool:
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(people), consistent=True)[0]
    return any(person not in names or names[person].protected for person in people)


def write_iup_paper(asked: IupPaperAsked) -> None:
    """Write the PDF of a version, once; anew when somebody becomes protected meanwhile. Eight round trips,
    one to S3.
    """
    persist(partial(_write, asked))


def _write(asked: IupPaperAsked) -> None:
    from skolkit import pdf  # the layer `documents`, which only the worker carries

    edition = store.find_edition(asked.pupil, asked.year, asked.version)
    pupil = register.present(asked.pupil) or register.anyone(asked.pupil)
    if edition is None or edition.paper != "waiting" or pupil is None:
        return
    named = _named(edition, pupil)
    said = rules.content(edition, built_on(edition, pupil.records), named, now())
    sha256 = store.put(edition, pdf.pdf(TEMPLATE, said))
    trace = Trace(_SYSTEM, "write_iup_paper", asked.pupil, changes=f"{asked.year} {asked.version}")
    commit(store.edition_item(rules.written(edition, named, sha256)), trace=trace)


def _named(edition: Edition, pupil: PupilRecord) -> Named:
    mentor = edition.plan.by
    names, listed = fetch(
        register.wanted_names([mentor]), register.wanted_listed([pupil.id]), consistent=True
    )
    person: ListedPerson | None = listed.get(pupil.id)
    name: PersonName | None = names.get(mentor)
    unit = organisation.unit(pupil.unit) if pupil.unit else None
    return Named(
        f"{person.given_name} {person.family_name}, {person.civic_no or 'personnummer saknas'}"
        if person and not person.protected
        else None,
        f"{unit.name}, skolenhetskod {unit.code}" if unit else "",
        f"{name.given_name} {name.family_name}" if name and not name.protected else None,
    )


def hide_iup_papers(person: PersonId) -> None:
    """Have the PDFs that name a pupil who has become protected written anew. A query for each record, and for
    each version two round trips and one to S3.
    """
    for record in register.records_of(person):
        for edition in store.editions(record):
            persist(partial(_hide, record, edition.plan.year.start_year, edition.number, person))


def _hide(record: PersonId, year: int, number: int, person: PersonId) -> None:
    edition = store.find_edition(record, year, number)
    if edition and (edition.paper == "waiting" or edition.named):
        store.remove(edition)
        _write_anew(edition, person)


def forget_iup_papers(keys: Sequence[tuple[str, str]]) -> None:
    """Delete the papers of versions whose rows are gone. A round trip each to the table and to S3."""
    for pk, sk in keys:
        if sk.startswith("IUPV#") and store.is_gone(pk, sk):
            store.forget(pk, sk)


def _write_anew(edition: Edition, about: PersonId) -> None:
    """One that is being written is stored again as it is, so that whoever writes it reads again."""
    pupil, year, number = edition.plan.pupil, edition.plan.year.start_year, edition.number
    asked = [IupPaperAsked(pupil=pupil, year=year, version=number)] if edition.paper == "ready" else []
    trace = Trace(_SYSTEM, "hide_iup_papers", about, changes=f"{year} {number}")
    commit(store.edition_item(rules.unwritten(edition)), facts=asked, trace=trace)
