"""Integration clients as the municipality's administrators decide on them (process 35): who may fetch and
write what, the secrets, the kill switch, and what each has fetched.

Our record decides at every request. The user pool follows: it lets go of more before a change and of less
after it, so that whatever fails on the way is refused, and the night's round mends what was left.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from functions.access import guard
from functions.exchange.domain import clients as rules
from functions.exchange.domain.clients import Client, ClientExpired
from functions.exchange.events import MessageDue
from functions.exchange.schemas.clients import (
    ClientBody,
    ClientPage,
    ClientView,
    CredentialView,
    ListQuery,
    NewSecret,
    SecretView,
    UsePage,
    UseView,
)
from functions.exchange.store import clients as store
from functions.exchange.store import pool, uses
from functions.organisation import queries as organisation
from skolkit.audit import Trace
from skolkit.clock import now, today
from skolkit.errors import ChangedMeanwhile, Fault, NotFound, Text
from skolkit.idempotency import RequestKey
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit, fetch
from skolkit.telemetry import failure, logger
from skolkit.types import UnitId, new_id, stable_id


def list_clients(caller: Caller, query: ListQuery) -> ClientPage:
    """Clients, those registered last first. Two round trips."""
    _require(caller)
    found, cursor = store.page_of_clients(query.cursor, query.limit, caller.seal, "clients")
    return ClientPage(data=[_view(one) for one in found], cursor=cursor)


def read_client(caller: Caller, id: str) -> ClientView:
    """A client. Two round trips."""
    _require(caller)
    return _view(_found(id))


def register_client(caller: Caller, new: ClientBody, key: RequestKey) -> SecretView:
    """Let another system in. Five round trips: duties, units, the key, the user pool, commit. A repeat of the
    request does not tell the secret again.
    """
    _require(caller)
    one = _granted(Client(id=new_id(), name=new.name, expires=new.expires), new, caller)
    if done := key.earlier():
        raise done
    trace = Trace(caller.person_id, "register_client", _about(one), changes=rules.difference(None, one))
    return _with_secret(None, one, key, trace)


def change_client(caller: Caller, id: str, new: ClientBody, version: int) -> ClientView:
    """Change what a client may. Five round trips: duties, client, units, the user pool, commit."""
    _require(caller)
    old = _of_version(id, version)
    one = _granted(old, new, caller)
    if one.runs(today()):
        _settle(one)
    _commit(old, one, caller, "change_client", rules.difference(old, one))
    if not one.runs(today()):
        _try_to_settle(one)
    return _view(replace(one, version=version + 1))


def rotate_secret(caller: Caller, id: str, new: NewSecret, key: RequestKey) -> SecretView:
    """Give a client another secret; the old one holds for as long as is said. Five round trips. Raises
    `ClientExpired`.
    """
    _require(caller)
    old = _found(id)
    if done := key.earlier():
        raise done
    if not old.runs(today()):
        raise ClientExpired
    until = now() + timedelta(hours=new.old_holds_hours)
    one = replace(old, changed_by=caller.person_id)
    trace = Trace(
        caller.person_id, "rotate_secret", _about(one), changes=f"the old one holds {new.old_holds_hours} h"
    )
    made = _with_secret(old, one, key, trace, until=until)
    for credential in {*old.credentials} - {c.client_id for c in made.client.credentials}:
        _try_to_delete(credential)
    return made


def stop_client(caller: Caller, id: str, key: RequestKey) -> ClientView:
    """The kill switch: the next request is refused, and no more tokens are given. Five round trips."""
    _require(caller)
    return persist(lambda: _switch(caller, id, key, stopped=True))


def start_client(caller: Caller, id: str, key: RequestKey) -> ClientView:
    """Let a stopped client in again. Five round trips."""
    _require(caller)
    return persist(lambda: _switch(caller, id, key, stopped=False))


def _switch(caller: Caller, id: str, key: RequestKey, *, stopped: bool) -> ClientView:
    old = _found(id)
    one = replace(old, stopped=stopped, changed_by=caller.person_id)
    if not stopped:
        _settle(one)
    view = _view(replace(one, version=old.version + 1))
    trace = Trace(
        caller.person_id, "stop_client" if stopped else "start_client", _about(one),
        changes=f"stopped: {old.stopped} > {stopped}",
    )  # fmt: skip
    commit(*store.client_writes(old, one), trace=trace, once=key.once(view.model_dump_json(by_alias=True)))
    if stopped:
        _try_to_settle(one)
    return view


def delete_client(caller: Caller, id: str, version: int) -> None:
    """Take a client away for good; what it has fetched stays written for its time. Three round trips, and one
    for each of its credentials.
    """
    _require(caller)
    old = _of_version(id, version)
    trace = Trace(caller.person_id, "delete_client", _about(old), changes=rules.difference(old, None))
    commit(*store.removal(old), trace=trace)
    for credential in old.credentials:
        _try_to_delete(credential)


def list_client_uses(caller: Caller, id: str, query: ListQuery) -> UsePage:
    """What a client has fetched by day and resource, newest day first. Three round trips."""
    _require(caller)
    one = _found(id)
    found, cursor = uses.page_of_days(one.id, query.cursor, query.limit, caller.seal, "uses", one.id)
    rows = [
        UseView(
            day=use.day, resource=use.resource, requests=use.requests, entities=use.entities,
            refusals=use.refusals, last_timestamp=use.last_at,
        )
        for use in found
    ]  # fmt: skip
    return UsePage(data=rows, cursor=cursor)


def keep_clients() -> None:
    """Every night: take away credentials that have ended, let the user pool agree with what each client may,
    and tell whoever answers for one that ends within a month. One query, and a call for each credential.
    """
    for old in store.every_client():
        try:
            persist(partial(_keep, old.id))
        except Exception as error:  # noqa: BLE001 - one client's failure must not keep the others waiting
            logger().error("client not kept", client=old.id, **failure(error))


def _keep(id: str) -> None:
    old = store.find_client(id)
    if old is None:
        return
    one = old.without_old(now())
    told: list[MessageDue] = []
    if one.warns(today()):
        one, told = replace(one, warned=True), _ending(one)
    if one != old:
        trace = Trace("system:keep_clients", "keep_clients", _about(one))
        commit(*store.client_writes(old, one), facts=told, trace=trace)
    for credential in old.credentials:
        if credential in one.credentials:
            pool.settle(credential, one.id, one.scopes(today()))
        else:
            pool.delete(credential)


def _ending(one: Client) -> list[MessageDue]:
    if one.changed_by is None:
        return []
    return [
        MessageDue(
            id=stable_id("client-ends", one.id, one.expires.isoformat()), recipients=[one.changed_by],
            template="client_ends", values={"last": one.expires.isoformat()},
        )
    ]  # fmt: skip


# Parts


def _require(caller: Caller) -> None:
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "exchange:administer", guard.SYSTEM, duties)


def _found(id: str) -> Client:
    one = store.find_client(id)
    if one is None:
        raise NotFound
    return one


def _of_version(id: str, version: int) -> Client:
    one = _found(id)
    if one.version != version:
        raise ChangedMeanwhile(field="If-Match", value=version)
    return one


def _granted(one: Client, new: ClientBody, caller: Caller) -> Client:
    """A client with what the body grants. One round trip. Raises `BadGrant`."""
    made = replace(
        one, name=new.name, resources=dict(new.resources), withheld=frozenset(new.withheld),
        units=frozenset(map(UnitId, new.units)), forms=frozenset(map(SchoolForm, new.forms)),
        protected=new.protected, per_minute=new.per_minute, expires=new.expires,
        warned=one.warned and one.expires == new.expires, changed_by=caller.person_id,
    )  # fmt: skip
    rules.check(made, today())
    if made.units:
        (there,) = fetch(organisation.wanted_elements(sorted(made.units)))
        if missing := sorted(made.units - set(there)):
            reason = Text("enheten finns inte", "there is no such unit")
            advice = Text("Välj bland kommunens enheter.", "Choose one of the municipality's units.")
            raise rules.BadGrant(faults=tuple(Fault("units", reason, advice, id) for id in missing))
    return made


def _with_secret(
    old: Client | None, one: Client, key: RequestKey, trace: Trace, until: datetime | None = None
) -> SecretView:
    """Have a secret made and write whose it is; the app client goes again if that fails."""
    credential, secret = pool.create(one.id, one.scopes(today()))
    made = one.rotated(credential, until or now()).without_old(now())
    view = SecretView(
        client=_view(replace(made, version=one.version + 1)), client_id=credential, client_secret=None
    )
    once = key.once(view.model_dump_json(by_alias=True))
    try:
        commit(*store.client_writes(old, made), trace=trace, once=once)
    except BaseException:
        _try_to_delete(credential)
        raise
    return view.model_copy(update={"client_secret": secret})


def _commit(old: Client, one: Client, caller: Caller, action: str, changes: str) -> None:
    trace = Trace(caller.person_id, action, _about(one), changes=changes)
    commit(*store.client_writes(old, one), trace=trace)


def _settle(one: Client) -> None:
    for credential in one.credentials:
        pool.settle(credential, one.id, one.scopes(today()))


def _try_to_settle(one: Client) -> None:
    try:
        _settle(one)
    except Exception as error:  # noqa: BLE001 - it is refused already; the night comes after
        logger().warning("user pool not settled", client=one.id, **failure(error))


def _try_to_delete(credential: str) -> None:
    try:
        pool.delete(credential)
    except Exception as error:  # noqa: BLE001 - nobody gets in with it
        logger().warning("app client not deleted", **failure(error))


def _about(one: Client) -> str:
    return f"client:{one.id}"


def _view(one: Client) -> ClientView:
    return ClientView(
        id=one.id, name=one.name, resources=dict(sorted(one.resources.items())),
        withheld=tuple(sorted(one.withheld)), units=tuple(sorted(one.units)), forms=tuple(sorted(one.forms)),
        protected=one.protected, per_minute=one.per_minute, expires=one.expires, stopped=one.stopped,
        credentials=[
            CredentialView(client_id=id, holds_until=end) for id, end in sorted(one.credentials.items())
        ],
        version=one.version,
    )  # fmt: skip
