"""The hand-over package of a pupil who left (process 8), made as a job."""

from __future__ import annotations

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import handover as rules
from functions.register.domain.certificate import certificate
from functions.register.domain.leaving import Leaving
from functions.register.domain.letters import summary
from functions.register.domain.people import PersonCard
from functions.register.events import HandoverAsked
from functions.register.schemas.leaving import LinkView, NewHandover
from functions.register.store import documents, matters
from functions.register.store import people as people_store
from functions.register.store.matters import HandoverJobItem
from functions.register.usecases.relations import require_at
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.jobs import JobView
from skolkit.table import commit, fetch
from skolkit.types import PersonId


def ask_handover(caller: Caller, id: PersonId, new: NewHandover, key: RequestKey) -> JobView:
    """Have a package made. Four round trips: person, case, duties, commit."""
    card, case = _allowed(caller, "register:enrol", id, new.leaving)
    rules.check(card, case, new.special_decision)
    request = {"person": id, "leaving": case.id, "decision": new.special_decision}
    job = jobs.ask(HandoverJobItem, HandoverAsked, "ask_handover", caller.person_id, request, key)
    return jobs.view(job)


def read_handover(caller: Caller, id: PersonId, job: str) -> JobView:
    """How far the making of a package has come. Five round trips: job, person, case, duties, audit row."""
    found, _ = _job(caller, id, job)
    record_read(Trace(caller.person_id, "read_handover", id, changes=job))
    return jobs.view(found)


def link_handover(caller: Caller, id: PersonId, job: str, kind: str) -> LinkView:
    """Where to fetch the package (data) or its summary (letter). Five round trips: job, person, case, duties,
    audit row.
    """
    item, card = _job(caller, id, job)
    file = item.outcome.get("files", {}).get(kind)
    before = card.protected and not item.outcome.get("protected")
    if file is None or before or item.outcome.get("withdrawn"):
        raise rules.NotReady(field="kind", value=kind)
    record_read(Trace(caller.person_id, "link_handover", id, changes=f"{job} {kind}"))
    return LinkView(url=documents.link(file["key"]), seconds=documents.LINK_SECONDS, sha256=file["sha256"])


def write_handover(fact: HandoverAsked) -> None:
    """Make the package that was asked for."""
    jobs.run(HandoverJobItem, fact, _write, again=HandoverAsked)


def _write(job: HandoverJobItem) -> bool:
    """All of it in one step: person, case, unit and names are read, two files are put. What is left undone is
    done again with the same result but the day.
    """
    if job.done:
        return False
    card, case = _read(PersonId(job.request["person"]), job.request["leaving"])
    decision = job.request["decision"]
    rules.check(card, case, decision)
    part = certificate(card.enrolments, case, today())
    (names,) = fetch(people_store.wanted_names([r.person for r in card.responsibles]))
    data = rules.content(rules.package(card, case, part, names, decision, today()))
    name = f"{case.id}/handover-{job.id}"
    stored = documents.put(name, "data", data)
    unit = organisation.unit(case.unit)
    named = f"{unit.name}, skolenhetskod {unit.code}" if unit else ""
    letter = summary(card, named, part, [(f"{name.rpartition('/')[2]}.json", stored[2])])
    files = [stored, documents.put(name, "letter", letter.html().encode())]
    job.total = job.done = 1
    job.outcome = {
        "files": {kind: {"key": key, "sha256": digest} for kind, key, digest in files},
        "parts": {"register": "included"} | dict.fromkeys(rules.PARTS, "notHandedIn"),
        "protected": card.protected,
    }
    commit(job, trace=Trace("system:write_handover", "write_handover", card.id, changes=job.id))
    return False


def _allowed(caller: Caller, action: guard.Action, id: PersonId, leaving: str) -> tuple[PersonCard, Leaving]:
    card, case = _read(id, leaving)
    require_at(caller, action, card, case.units)
    return card, case


def _read(id: PersonId, leaving: str) -> tuple[PersonCard, Leaving]:
    card, found = people_store.find_card(id), matters.find(Leaving, id, leaving)
    if card is None or found is None:
        raise NotFound
    return card, found[1]


def _job(caller: Caller, id: PersonId, job: str) -> tuple[HandoverJobItem, PersonCard]:
    item = jobs.find(HandoverJobItem, job)
    if item is None or item.request.get("person") != id:
        raise NotFound
    card, _ = _allowed(caller, "register:enrol", id, item.request["leaving"])
    return item, card
