"""Suggestions that a pupil's absence should be looked into, and the thresholds (process 23)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from functions.access import guard
from functions.attendance.domain import suggestions as rules
from functions.attendance.domain.suggestions import InquiryRules, Reason, Suggestion
from functions.attendance.events import MessageDue
from functions.attendance.schemas import inquiry as schemas
from functions.attendance.schemas.common import PageQuery
from functions.attendance.store import inquiry as case_store
from functions.attendance.store import suggestions as store
from functions.attendance.usecases.inquiry_rights import Shown, shown
from functions.organisation import queries as organisation
from functions.register.queries import require_pupil
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import commit
from skolkit.types import PersonId, UnitId, new_id, stable_id

RECIPIENTS = 100  # of one message
_PROPOSED = Reason("proposed", 0, {})


def read_inquiry_rules(caller: Caller, unit: UnitId) -> schemas.RulesView:
    """A unit's thresholds. Two round trips."""
    _require_unit(caller, "attendance:read_inquiry_rules", unit)
    item, versions = store.versions_of(unit)
    return _rules_view(versions, item.version if item else 0)


def change_inquiry_rules(
    caller: Caller, unit: UnitId, new: schemas.NewThresholds, version: int
) -> schemas.RulesView:
    """Give a unit thresholds of its own from a day on. Three round trips."""
    _require_unit(caller, "attendance:change_inquiry_rules", unit)
    item, versions = store.versions_of(unit)
    if (item.version if item else 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    fresh = rules.changed(versions, InquiryRules("", **new.model_dump()), today())
    what = " ".join(f"{name}={value}" for name, value in asdict(fresh[-1]).items())
    trace = Trace(caller.person_id, "change_inquiry_rules", unit, changes=what)
    commit(store.rules_item(unit, fresh, version or None), trace=trace)
    return _rules_view(fresh, version + 1)


def rules_of(unit: UnitId, day: date) -> InquiryRules:
    """The thresholds in force at a unit. One round trip."""
    return rules.in_force(store.versions_of(unit)[1], day)


def list_inquiry_suggestions(caller: Caller, unit: UnitId, query: PageQuery) -> schemas.SuggestionPage:
    """What waits for the principal. Five round trips."""
    duties = _require_unit(caller, "attendance:list_inquiries", unit)
    found, cursor = store.page_of_suggestions(unit, query.cursor, query.limit, caller.seal)
    seen = shown(caller, "attendance:read_inquiry", unit, [s.pupil for s in found], duties)
    record_read(Trace(caller.person_id, "list_inquiry_suggestions", unit))
    return schemas.SuggestionPage(data=[suggestion_row(one, seen) for one in found], cursor=cursor)


def count_inquiries(caller: Caller, unit: UnitId) -> schemas.InquiryCounts:
    """How many there are at a unit, for those who see no more than that. Four round trips."""
    _require_unit(caller, "attendance:count_inquiries", unit)
    opened, closed = case_store.count_of(unit, SchoolYear.of(today()).start)
    waiting = store.count_waiting(unit)
    return schemas.InquiryCounts(unit=unit, suggestions=waiting, open=opened, closed=closed)


def propose_inquiry(caller: Caller, id: PersonId, key: RequestKey) -> schemas.SuggestionState:
    """Propose an investigation of a pupil's absence; the principal is told. Seven round trips."""
    pupil = require_pupil(caller, "attendance:propose_inquiry", id)
    if pupil.unit is None:
        raise NotFound
    known = store.standings(pupil.records)
    if any(one.open_case or "proposed" in one.waiting for one in known.values()):
        raise rules.AlreadySuggested(field="pupil", value=id)
    by = rules_of(pupil.unit, today()).id
    made = Suggestion(new_id(), id, pupil.unit, "proposed", today(), (_PROPOSED,), by, caller.person_id)
    view = schemas.SuggestionState(id=made.id, state="open")
    commit(
        *store.raising(made),
        store.standing_item(known[id].suggested("proposed", made.id, made.day, 0)),
        facts=told_principals(pupil.unit, "inquiry_proposed", made.id, {}),
        trace=Trace(caller.person_id, "propose_inquiry", id, changes=made.id),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def dismiss_suggestion(
    caller: Caller, id: PersonId, which: str, body: schemas.NewDismissal, key: RequestKey
) -> schemas.SuggestionState:
    """Decide that a suggestion leads to no investigation. Eight round trips."""
    pupil = require_pupil(caller, "attendance:open_inquiry", id)
    found = next((one for record in pupil.records if (one := store.suggestion_of(record, which))), None)
    if found is None or pupil.unit is None or found[1].unit != pupil.unit:
        raise NotFound
    item, old = found
    decided = rules.dismiss(old, body.reason, caller.person_id, today())
    standing = store.standings([old.pupil])[old.pupil]
    until = rules.rest_until(today(), rules_of(old.unit, today()))
    view = schemas.SuggestionState(id=which, state="dismissed")
    commit(
        *store.deciding(item, decided),
        store.standing_item(standing.dismissed(old.cause, until)),
        trace=Trace(caller.person_id, "dismiss_suggestion", id, body.reason, which),
        once=key.once(view.model_dump_json(by_alias=True)),
    )
    return view


def told_principals(unit: UnitId, template: str, about: str, values: dict[str, str]) -> list[MessageDue]:
    """That a unit's principals are to be told something, once for what it is about. One round trip."""
    people = organisation.holders_at(unit, "principal")[:RECIPIENTS]
    id = stable_id(template, about)
    return [MessageDue(id=id, recipients=list(people), template=template, values=values)] if people else []


def suggestion_row(one: Suggestion, seen: Shown) -> schemas.SuggestionRow:
    """A suggestion in a list; of whom the caller has no task for that there is one."""
    name = None if one.pupil in seen.withheld else seen.names.get(one.pupil)
    return schemas.SuggestionRow(
        id=one.id, day=one.day, cause=one.cause, rules=one.rules, withheld=name is None,
        pupil=one.pupil if name else None,
        given_name=name.given_name if name else None,
        family_name=name.family_name if name else None,
        reasons=[reason_view(reason) for reason in one.reasons] if name else [],
        proposed_by=one.proposed_by if name else None,
    )  # fmt: skip


def reason_view(reason: Reason) -> schemas.ReasonView:
    """A reason with its figures."""
    return schemas.ReasonView(cause=reason.cause, of=reason.of, figures=dict(reason.figures))


def _require_unit(caller: Caller, action: guard.Action, unit: UnitId) -> tuple[guard.Duty, ...]:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, action, guard.Unit(unit), duties)
    return duties


def _rules_view(versions: tuple[InquiryRules, ...], version: int) -> schemas.RulesView:
    return schemas.RulesView(
        in_force=_version(rules.in_force(versions, today())),
        versions=[_version(one) for one in versions],
        version=version,
    )


def _version(one: InquiryRules) -> schemas.RulesVersion:
    return schemas.RulesVersion(**asdict(one))
