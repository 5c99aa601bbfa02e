"""Retention as the municipality's administrators decide on it and follow it (process 36): the setting, the
legal holds, the runs and their reports.
"""

from __future__ import annotations

from functions.access import guard
from functions.access.domain import retention as rules
from functions.access.domain.plan import plan_on
from functions.access.schemas import (
    HoldPage,
    HoldView,
    NewHold,
    ReportFormat,
    ReportLink,
    RunPage,
    RunView,
    SettingsBody,
    SettingsView,
    TrailQuery,
)
from functions.access.store import retention as store
from functions.access.usecases.retention_runs import begin, file_of, run_view
from functions.organisation import queries as organisation
from skolkit.audit import Trace, record_read
from skolkit.aws import client
from skolkit.clock import now, stamp, today
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.table import commit

LINK_SECONDS = 300


def read_retention_settings(caller: Caller) -> SettingsView:
    """Whether the nightly run deletes. Two round trips."""
    _require(caller)
    return _settings(store.find_settings())


def change_retention_settings(caller: Caller, new: SettingsBody, version: int) -> SettingsView:
    """Turn the real run on or off, from the next night on. Three round trips."""
    _require(caller)
    item = store.find_settings()
    if (item.version or 0) != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    before, item.mode = item.mode, new.mode
    item.changed_by, item.changed_at = caller.person_id, stamp(now())
    trace = Trace(
        caller.person_id, "change_retention_settings", "retention", changes=f"{before} > {new.mode}"
    )
    commit(item, trace=trace)
    return _settings(item)


def ask_retention_run(caller: Caller, key: RequestKey) -> RunView:
    """Begin a run that only counts. Two round trips."""
    _require(caller)
    return begin(caller.person_id, dry=True, once=key.once)


def list_retention_runs(caller: Caller, query: TrailQuery) -> RunPage:
    """Runs, newest first. Two round trips."""
    _require(caller)
    runs, cursor = store.page_of_runs(query.cursor, query.limit, caller.seal, "retention-runs")
    return RunPage(data=[run_view(run) for run in runs], cursor=cursor)


def read_retention_run(caller: Caller, id: str) -> RunView:
    """A run with its counts. Two round trips."""
    _require(caller)
    return run_view(_run(id))


def link_retention_report(caller: Caller, id: str, new: ReportFormat) -> ReportLink:
    """A link for five minutes to a run's report; of a real run it is the proof of what was deleted. Three
    round trips. Raises `RunNotDone`.
    """
    _require(caller)
    run = _run(id)
    if run.state != "done":
        raise rules.RunNotDone(field="run", value=id)
    record_read(Trace(caller.person_id, "link_retention_report", id, changes=new.format))
    bucket, key = file_of(run, new.format)
    name = "gallringsrapport" if run.request["dry"] else "gallringsbevis"
    url = client("s3").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket, "Key": key, "ResponseCacheControl": "no-store",
            "ResponseContentDisposition": f'attachment; filename="{name}.{new.format}"',
        },
        ExpiresIn=LINK_SECONDS,
    )  # fmt: skip
    return ReportLink(url=url, seconds=LINK_SECONDS)


def set_hold(caller: Caller, new: NewHold, key: RequestKey) -> HoldView:
    """Keep something that the plan would delete. Two round trips. Raises `HoldNeedsOneThing`,
    `UnknownDocumentType`.

    Whether the person is in the register is not asked: the answer would tell it of protected people, too.
    """
    _require(caller)
    rules.check_hold(plan_on(today()), new.person, new.document, new.unit)
    item = store.new_hold(
        caller.person_id, person=new.person, document=new.document, unit=new.unit, reason=new.reason,
        ground=new.ground,
    )  # fmt: skip
    view = _hold_view(item, version=1)
    trace = Trace(caller.person_id, "set_hold", new.person or new.document or "", changes=item.sk)
    commit(item, trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    return view


def list_holds(caller: Caller, query: TrailQuery) -> HoldPage:
    """Holds, lifted ones too, those set last first. Three round trips."""
    _require(caller)
    holds, cursor = store.page_of_holds(query.cursor, query.limit, caller.seal, "holds")
    record_read(Trace(caller.person_id, "list_holds", "retention"))
    return HoldPage(data=[_hold_view(hold) for hold in holds], cursor=cursor)


def read_hold(caller: Caller, id: str) -> HoldView:
    """One hold. Three round trips."""
    _require(caller)
    item = _hold(id)
    record_read(Trace(caller.person_id, "read_hold", item.person or item.document or ""))
    return _hold_view(item)


def lift_hold(caller: Caller, id: str, version: int) -> None:
    """Let the plan take what was held, from the next run on. Three round trips. Raises `HoldLifted`."""
    _require(caller)
    item = _hold(id)
    if item.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    if item.lifted_at:
        raise rules.HoldLifted(field="hold", value=id)
    item.lifted_by, item.lifted_at = caller.person_id, stamp(now())
    about = item.person or item.document or ""
    commit(item, trace=Trace(caller.person_id, "lift_hold", about, changes=item.sk))


def _require(caller: Caller) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "access:administer_retention", guard.SYSTEM, duties)


def _run(id: str) -> store.RunItem:
    item = store.find_run(id)
    if item is None:
        raise NotFound
    return item


def _hold(id: str) -> store.HoldItem:
    item = store.find_hold(id)
    if item is None:
        raise NotFound
    return item


def _hold_view(item: store.HoldItem, version: int | None = None) -> HoldView:
    return HoldView(
        id=item.sk, person=item.person, document=item.document, unit=item.unit, reason=item.reason,
        ground=item.ground, set_by=item.set_by, set_at=item.set_at, lifted_by=item.lifted_by,
        lifted_at=item.lifted_at, version=version or item.version,
    )  # fmt: skip


def _settings(item: store.SettingsItem) -> SettingsView:
    return SettingsView(
        mode=item.mode, plan=plan_on(today()).id, changed_by=item.changed_by, changed_at=item.changed_at,
        version=item.version or 0,
    )  # fmt: skip
