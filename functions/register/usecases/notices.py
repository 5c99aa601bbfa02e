"""Notices about pupils who started or left (process 8): read, written, fetched, sent, acknowledged.

Nothing here sends mail: a document is fetched by a link that soon ends, and somebody says how it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register.domain import notices as rules
from functions.register.domain.certificate import MISSING_PARTS, LeavingCertificate, certificate
from functions.register.domain.enrolment import LeavingReason
from functions.register.domain.handover import content
from functions.register.domain.leaving import Leaving, Transfer, veiled_case
from functions.register.domain.letters import Letter, notice_letter
from functions.register.domain.notices import Notice
from functions.register.domain.people import PersonCard
from functions.register.events import InquiryTold, NoticeDrawnUp
from functions.register.schemas.leaving import DocumentView, LinkView, MattersView, NoticeMark, NoticeView
from functions.register.store import documents
from functions.register.store import matters as store
from functions.register.store import people as people_store
from functions.register.usecases.leaving import case_view
from functions.register.usecases.protection import protect_closed
from functions.register.usecases.relations import duties_of, may, require_at, units_of
from functions.register.usecases.transfers import transfer_view
from skolkit import jobs
from skolkit.audit import Trace, record_read
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.identity import Caller
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, stable_id


def list_leavings(caller: Caller, id: PersonId) -> MattersView:
    """A pupil's cases, transfers and notices. Three round trips: person, duties, audit row; two for the home.

    The home sees that notices were sent to others too, that of a protected pupil not to whom; of units, each
    sees its own.
    """
    rows = people_store.rows_of(id)
    card = people_store.card_of(id, rows)
    if card is None:
        raise NotFound
    duties = duties_of(caller, card)
    action: guard.Action = "register:read_leaving"
    cases, transfers = store.matters(Leaving, rows), store.matters(Transfer, rows)
    notices = store.matters(Notice, rows)
    units = {u for found in (cases, transfers, notices) for _, m in found for u in m.units}
    units |= units_of(card, today())
    if not may(caller, action, card, units, duties):
        raise NotFound
    record_read(Trace(caller.person_id, "list_leavings", id))
    veiled = card.protected and caller.person in {id, *card.guardians(today())}

    def seen(units: Iterable[UnitId]) -> bool:
        return may(caller, action, card, units, duties)

    return MattersView(
        person=id,
        leavings=[
            case_view(id, veiled_case(m) if veiled else m, i.version) for i, m in cases if seen(m.units)
        ],
        transfers=[transfer_view(id, m, i.version) for i, m in transfers if seen(m.units)],
        notices=[
            notice_view(replace(m, code="") if veiled else m, i.version) for i, m in notices if seen(m.units)
        ],
    )


def tell_of_inquiry(told: InquiryTold) -> None:
    """Draw up the notice to the home municipality that a pupil's absence is investigated (skollagen 7:22,
    15:15), once for an investigation. Three round trips, and one for a closed record.
    """
    card, unit = people_store.find_card(told.pupil), organisation.unit(told.unit)
    if card is not None and card.merged_into:
        card = people_store.find_card(card.merged_into)
    if card is None or unit is None:
        return
    id, by = stable_id("inquiry notice", told.inquiry), "system:tell_of_inquiry"
    notice = rules.inquired(id, card, told.unit, str(unit.municipality_code), told.day, by, now())
    if notice is None or store.find(Notice, card.id, id):
        return
    facts = [NoticeDrawnUp(pupil=card.id, notice=id)]
    commit(*store.notice_writes(card.id, notice), facts=facts, trace=Trace(by, "tell_of_inquiry", card.id))


def write_notice(fact: NoticeDrawnUp) -> None:
    """Write a notice's letter, text and data. Two round trips to the table more than units and case, three to
    S3; nothing for one that is written.
    """
    found, card = store.find(Notice, fact.pupil, fact.notice), people_store.find_card(fact.pupil)
    if found is not None and card is not None and not found[1].documents:
        _write(card, *found)


def hide_papers(id: PersonId) -> None:
    """Somebody has become protected: so have the closed records that proved to be theirs; notices that are
    written are written again, without name and number; hand-over packages that name them are taken away,
    those of their children, too. What was sent before is among the earlier versions of the bucket.
    """
    rows = people_store.rows_of(id)
    card = people_store.card_of(id, rows)
    if card is None or not card.protected:
        return
    for record in card.also:
        protect_closed(record, card.marking)
        hide_papers(record)
    for item, notice in store.matters(Notice, rows):
        if notice.documents and not notice.nameless:
            _write(card, item, notice)
    children = people_store.children_of(id, today())
    kin = [row for child in children for row in people_store.rows_of(child)]
    for _, case in store.matters(Leaving, rows):
        _withdraw(case, id, everything=False)
    for _, case in store.matters(Leaving, kin):
        _withdraw(case, id, everything=True)


def _withdraw(case: Leaving, about: PersonId, *, everything: bool) -> None:
    """Take away the packages of a case, but for those that were made of somebody protected already."""
    for job in documents.handovers(case.id):
        item = jobs.find(store.HandoverJobItem, job)
        if item and (everything or not item.outcome.get("protected")):
            documents.remove(file["key"] for file in item.outcome.get("files", {}).values())
            if not item.outcome.get("withdrawn"):
                item.outcome = {**item.outcome, "withdrawn": True}
                commit(item, trace=Trace("system:hide_papers", "hide_papers", about, changes=job))


def _write(card: PersonCard, item: store.NoticeItem, notice: Notice) -> None:
    """Write a notice; again when the pupil has become protected while it was being written."""
    case = store.find(Leaving, card.id, notice.leaving) if notice.leaving else None
    part = certificate(card.enrolments, case[1], today()) if case else None
    unit = organisation.unit(notice.unit)
    named = f"{unit.name}, skolenhetskod {unit.code}" if unit else ""
    letter = notice_letter(notice, card, named, part, case[1].reason if case else None)
    stored = _stored(notice, card, letter, part, case[1].reason if case else None)
    now_ = people_store.find_card(card.id)
    if now_ and now_.protected and not card.protected:
        _write(now_, item, notice)
        return
    made = notice.written(stored, nameless=card.protected)
    trace = Trace("system:write_notice", "write_notice", card.id, changes=notice.id)
    commit(*store.notice_writes(card.id, made, item, notice), trace=trace)


def link_notice(caller: Caller, id: PersonId, which: str, kind: str) -> LinkView:
    """Where to fetch a notice's document. Four round trips: person, notice, duties, audit row."""
    card, (_, notice) = _allowed(caller, "register:read_leaving", id, which)
    if notice.recipient != "home" and caller.person in {id, *card.guardians(today())}:
        raise NotFound  # what is written to authorities is not fetched by the home here, but asked for
    document = next((d for d in notice.documents if d[0] == kind), None)
    if document is None:
        raise rules.NotWrittenYet(field="kind", value=kind)
    record_read(Trace(caller.person_id, "link_notice", id, changes=f"{notice.id} {kind}"))
    return LinkView(url=documents.link(document[1]), seconds=documents.LINK_SECONDS, sha256=document[2])


def mark_notice(caller: Caller, id: PersonId, which: str, mark: NoticeMark, version: int) -> NoticeView:
    """Note that a notice was sent, and how, or acknowledged. Four round trips: person, notice, duties,
    commit.
    """
    _, (item, notice) = _allowed(caller, "register:enrol", id, which)
    if item.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if mark.state == "sent" and mark.channel is None:
        raise rules.ChannelMissing(field="channel")
    marked = (
        notice.marked_sent(caller.person_id, now(), mark.channel)
        if mark.channel and mark.state == "sent"
        else notice.marked_acknowledged(caller.person_id, now())
    )
    trace = Trace(caller.person_id, "mark_notice", id, mark.state, f"{notice.id} {mark.channel or ''}")
    commit(*store.notice_writes(id, marked, item, notice), trace=trace)
    return notice_view(marked, item.version)


def notice_view(n: Notice, version: int) -> NoticeView:
    """A notice as it is shown."""
    return NoticeView(
        id=n.id, purpose=n.purpose, recipient=n.recipient, code=n.code, unit=n.unit,
        school_form=n.school_form, year=n.year, day=n.day, law=n.law, due=n.due, created=n.created,
        documents=[DocumentView(kind=kind, sha256=digest) for kind, _, digest in n.documents],
        sent=n.sent, sent_by=n.sent_by, channel=n.channel, acknowledged=n.acknowledged,
        acknowledged_by=n.acknowledged_by, version=version,
    )  # fmt: skip


def _allowed(
    caller: Caller, action: guard.Action, id: PersonId, which: str
) -> tuple[PersonCard, tuple[store.NoticeItem, Notice]]:
    card, found = people_store.find_card(id), store.find(Notice, id, which)
    if card is None or found is None:
        raise NotFound
    require_at(caller, action, card, found[1].units)
    return card, found


def _stored(
    notice: Notice,
    card: PersonCard,
    letter: Letter,
    part: LeavingCertificate | None,
    reason: LeavingReason | None,
) -> tuple[tuple[str, str, str], ...]:
    name = f"{notice.leaving or notice.id}/notice-{notice.id}"
    data = {
        "notice": notice.id,
        "purpose": notice.purpose,
        "recipient": {"kind": notice.recipient, "code": notice.code or None},
        "law": notice.law,
        "heading": letter.heading,
        "rows": [list(row) for row in letter.rows],
        "unit": notice.unit,
        "schoolForm": notice.school_form.value,
        "schoolYear": notice.year,
        "day": notice.day.isoformat(),
        "reason": reason,
        "protected": card.protected,
        "missing": list(MISSING_PARTS) if part else [],
    }
    return (
        documents.put(name, "letter", letter.html().encode()),
        documents.put(name, "text", letter.text().encode()),
        documents.put(name, "data", content(data)),
    )
