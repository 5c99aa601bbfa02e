"""What the population register tells about people (process 1): taken record by record, each in a transaction
of its own; those that cannot be taken are parked for an administrator.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from botocore.exceptions import ClientError
from pydantic import ValidationError

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import population as rules
from functions.register.domain.people import PerhapsTheSame, PersonCard, PersonName, perhaps_the_same
from functions.register.domain.population import Change, Last, Notice
from functions.register.events import (
    CustodyChanged,
    IdentityNumberChanged,
    PersonBorn,
    PersonDied,
    PersonEmigrated,
    PersonMoved,
    PersonProtected,
    PersonRenamed,
    PopulationRecordsArrived,
    ProtectionRemoved,
)
from functions.register.imports.population import NoticeRow, arrived, file_id
from functions.register.schemas.population import Dismissal, ParkedPage, ParkedQuery, ParkedView
from functions.register.store import population as store
from functions.register.store.contacts import wanted_reached
from functions.register.store.people import wanted_owners
from functions.register.store.population import ParkedItem, Place, Stored
from skolkit.audit import Trace
from skolkit.aws import client
from skolkit.clock import now
from skolkit.errors import Busy, ChangedMeanwhile, DomainError, NotFound, Text
from skolkit.events import Fact
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import Write, commit, fetch
from skolkit.telemetry import count, failure, logger
from skolkit.types import PersonId, new_id

PAUSES = (0.05, 0.2, 1.0)  # seconds, when somebody else was first
_ABOUT: dict[Change, Callable[..., Fact]] = {
    Change.BORN: PersonBorn,
    Change.DIED: PersonDied,
    Change.EMIGRATED: PersonEmigrated,
    Change.RENAMED: PersonRenamed,
    Change.NUMBER: IdentityNumberChanged,
    Change.PROTECTED: PersonProtected,
    Change.UNPROTECTED: ProtectionRemoved,
}
_GONE = Text(
    "Filen har tagits bort eller ersatts innan posten lästes.",
    "The file was removed or replaced before the record was read.",
)
_UNREADABLE = Text("Posten går inte att läsa.", "The record cannot be read.")


@dataclass
class _Known:
    """What is stored of those whom some records name: whose numbers they are, births, last records, of whom
    there is a contact; `own` is the municipality.
    """

    owners: dict[str, PersonId]
    births: dict[PersonId, tuple[date, Last | None]]
    reached: set[PersonId]
    own: str | None


def take_records(fact: PopulationRecordsArrived) -> None:
    """Take the records of a fact. One that fails for another reason than its content goes on alone in a fact
    of its own, and alone to the dead-letter queue.

    Per 50 records of new people 3–5 reads of all and a transaction each; known people cost a query more,
    records taken before nothing.
    """
    id = file_id(fact.file, fact.etag)
    places = [
        (Place(id, fact.bucket, fact.file, fact.etag, r.line, r.offset, r.length), r.guardian)
        for r in fact.records
    ]
    try:
        raw = _read(places)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"PreconditionFailed", "412", "NoSuchKey", "404"}:
            raise
        for place, _ in places:
            store.park_again(place, "", _GONE)
        return
    rows = list(_parsed(raw, places))
    known = _known([notice for _, notice, _ in rows])
    outcomes, failed = Counter[str](), []
    for place, notice, guardian in rows:
        try:
            outcomes[_settle(place, notice, known, guardian=guardian, retried=fact.retried)] += 1
        except Exception as error:
            if len(places) == 1:
                raise
            logger().error("record failed", line=place.line, **failure(error))
            failed.append((place, guardian))
    if failed:
        commit(facts=[arrived([one], retried=fact.retried) for one in failed])
    for outcome, number in outcomes.items():
        count("PopulationRecords", number, outcome=outcome)


def _read(places: Sequence[tuple[Place, bool]]) -> bytes:
    first, last = places[0][0], places[-1][0]
    reply = client("s3").get_object(
        Bucket=first.bucket, Key=first.file, IfMatch=first.etag,
        Range=f"bytes={first.offset}-{last.offset + last.length - 1}",
    )  # fmt: skip
    return bytes(reply["Body"].read())


def _parsed(raw: bytes, places: Sequence[tuple[Place, bool]]) -> Iterable[tuple[Place, Notice, bool]]:
    start = places[0][0].offset
    for place, guardian in places:
        line = raw[place.offset - start : place.offset - start + place.length]
        try:
            yield place, NoticeRow.model_validate_json(line).notice(), guardian
        except ValidationError:
            store.park_again(place, "", _UNREADABLE)


def _known(notices: Sequence[Notice]) -> _Known:
    numbers = list(dict.fromkeys(n for notice in notices for n in notice.numbers))
    owners: dict[str, PersonId] = fetch(wanted_owners(numbers), consistent=True)[0]
    ids = list(dict.fromkeys(owners.values()))
    births, reached = fetch(store.wanted_lasts(ids), wanted_reached(ids), consistent=True)
    return _Known(owners, births, reached, own_municipality())


def own_municipality() -> str | None:
    """The code of the municipality whose schools these are: that of most of its own units. One query."""
    codes = Counter(str(u.municipality_code) for u in organisation.units() if u.municipal)
    return max(codes, key=lambda code: codes[code]) if codes else None


def _settle(place: Place, notice: Notice, known: _Known, *, guardian: bool, retried: bool) -> str:
    """Take one record, or park it for what it says."""
    try:
        outcome = _persist(notice, known, guardian=guardian or retried)
    except (ChangedMeanwhile, Busy):
        raise
    except DomainError as refusal:
        store.park_again(place, refusal.field, refusal.said)
        return "parked"
    if retried and (item := store.find_parked(place.file_id, place.line)):
        commit(*store.settled_writes(item, outcome, now()))
    return outcome


def _persist(notice: Notice, known: _Known, *, guardian: bool) -> str:
    """Take a record, again from the start when somebody else was first."""
    for pause in PAUSES:
        try:
            return _take(notice, known, guardian=guardian)
        except (ChangedMeanwhile, Busy):
            time.sleep(pause)
            fresh = _known([notice])
            known.owners |= fresh.owners
            known.births |= fresh.births
            known.reached |= fresh.reached
    return _take(notice, known, guardian=guardian)


def _take(notice: Notice, known: _Known, *, guardian: bool) -> str:
    person = _owner(notice, known)
    last = known.births[person][1] if person in known.births else None
    if person and not rules.is_news(last, notice):
        back = guardian and person not in known.reached and _restore(person, notice)
        return "restored" if back else "known"
    guardian = guardian or any(child.number in known.owners for child in notice.children)
    if not rules.is_kept(notice, known=person is not None, guardian=guardian):
        return "not ours"
    stored = store.find_stored(person) if person else _newcomer(notice)
    if not rules.is_news(stored.last, notice):
        return "known"
    ids = known.owners | {c.number: PersonId(new_id()) for c in notice.guardians or ()
                          if c.number not in known.owners}  # fmt: skip
    births = {p: born for p, (born, _) in known.births.items()}
    relations = rules.custody_after(stored.id, stored.card, notice, ids, births)
    card = rules.applied(stored.id, stored.card, stored.last, notice, relations)
    claims = {n: ids.get(n, stored.id) for n in _named(notice) if n not in known.owners}
    _commit(stored, card, notice, claims, known.own)
    known.owners |= claims
    known.births[card.id] = (card.birth_date, None)
    return "taken"


def _restore(person: PersonId, notice: Notice) -> bool:
    """Keep again how a guardian is reached whose contact was erased when the schools had no more to do with
    them: the record is not news, but it is what there is.
    """
    if not (writes := store.restored_writes(store.find_stored(person), notice)):
        return False
    commit(*writes, trace=Trace("system:take_population", "take_population", person, "population register"))
    return True


def _newcomer(notice: Notice) -> Stored:
    """Somebody whose number is new here, unless the schools know them without a number: `PerhapsTheSame`."""
    me = PersonName(PersonId(new_id()), notice.given_name, notice.family_name, protected=True)
    if found := perhaps_the_same(me, store.unnumbered(notice.born)):
        raise PerhapsTheSame(field="identityNumber", value=found[0])
    return Stored(me.id, None, None)


def _named(notice: Notice) -> tuple[str, ...]:
    """The numbers a record ties to somebody: the person's own and those of guardians."""
    own = (notice.number, *([notice.earlier] if notice.earlier else []))
    return (*own, *(c.number for c in notice.guardians or ()))


def _owner(notice: Notice, known: _Known) -> PersonId | None:
    now_, before = known.owners.get(notice.number), known.owners.get(notice.earlier or "")
    if now_ and before and now_ != before:
        raise rules.TwoRecords(field="earlierNumber")
    return now_ or before


def _commit(
    stored: Stored, card: PersonCard, notice: Notice, claims: dict[str, PersonId], own: str | None
) -> None:
    found = rules.changes(
        stored.card, card, notice, rehoused=store.is_rehoused(stored, notice) and not card.protected
    )
    writes: list[Write] = store.notice_writes(stored, card, notice, claims.items())
    told = [fact for change in found if (fact := _fact(change, stored.card, card, notice, own))]
    text = ", ".join(found) or "details"
    trace = Trace("system:take_population", "take_population", card.id, "population register", text)
    commit(*writes, facts=told, trace=trace)


def _fact(
    change: Change, before: PersonCard | None, after: PersonCard, notice: Notice, own: str | None
) -> Fact | None:
    if change is Change.MOVED:
        return _moved(before, after, notice, own)
    if change is Change.CUSTODY:
        return CustodyChanged(child=after.id)
    kind = _ABOUT.get(change)
    return kind(person=after.id) if kind else None


def _moved(
    before: PersonCard | None, after: PersonCard, notice: Notice, own: str | None
) -> PersonMoved | None:
    old = before.municipality if before else None
    where = rules.direction(old, after.municipality, own)
    secret = after.protected or (before is not None and before.protected)
    if secret and where not in {"in", "out"}:
        return None
    left, reached = (None, None) if secret else (old, after.municipality)
    return PersonMoved(
        person=after.id,
        direction=where,
        from_municipality=left,
        to_municipality=reached,
        date=notice.since or notice.day,
    )


# What an administrator sees


def list_parked(caller: Caller, query: ParkedQuery) -> ParkedPage:
    """Records that could not be taken, by file and line. Two round trips."""
    _require(caller)
    items, cursor = store.page_of_parked(query.cursor, query.limit, caller.seal)
    return ParkedPage(data=[_view(item) for item in items], cursor=cursor)


def retry_parked(caller: Caller, file: str, line: str, key: RequestKey) -> ParkedView:
    """Try a record again. Three round trips."""
    item = _parked(caller, file, line)
    item.state = "retried"
    view = _view(item, int(item.version or 0) + 1)
    commit(
        item,
        facts=[arrived([(store.place_of(item), True)], retried=True)],
        trace=Trace(caller.person_id, "retry_parked", file, changes=f"line {item.line}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def dismiss_parked(caller: Caller, file: str, line: str, body: Dismissal, key: RequestKey) -> ParkedView:
    """Let a record be, with a reason. Three round trips."""
    item = _parked(caller, file, line)
    view = _view(item)
    commit(
        *store.settled_writes(item, body.reason, now()),
        trace=Trace(caller.person_id, "dismiss_parked", file, body.reason, f"line {item.line}"),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def _require(caller: Caller) -> None:
    guard.require(caller, "register:import", guard.SYSTEM, organisation.duties_of(caller.person_id))


def _parked(caller: Caller, file: str, line: str) -> ParkedItem:
    _require(caller)
    item = store.find_parked(file, int(line)) if line.isdecimal() and len(line) < 10 else None
    if item is None:
        raise NotFound
    return item


def _view(item: ParkedItem, version: int | None = None) -> ParkedView:
    reason, reason_en = item.reason
    sk: str = item.sk
    return ParkedView(
        file_id=sk.partition("#")[0],
        file=item.file,
        line=int(item.line),
        field=item.field,
        reason=reason,
        reason_en=reason_en,
        state=item.state,
        parked=item.parked,
        version=version or int(item.version or 0),
    )
