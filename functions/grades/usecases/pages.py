"""Signed pages of the catalogue (process 32): written when somebody has decided and when the principal has
closed the period, kept in the locked bucket, fetched by a link that soon ends.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from functions.grades.domain import pages as rules
from functions.grades.domain.grading import Sheet
from functions.grades.domain.orders import CLOSING, Order
from functions.grades.domain.pages import Page, PageWithheld, Person, SignedPage, Signer, Words
from functions.grades.domain.periods import Period
from functions.grades.events import ClosingPageDue, GradesDecided, PageSigned, PeriodClosed
from functions.grades.schemas import pages as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.store import catalogue, orders
from functions.grades.store import pages as store
from functions.grades.store import periods as periods_store
from functions.grades.usecases.certificates import authority
from functions.grades.usecases.rights import require_unit, require_work
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import ListedPerson, PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.config import timestamps
from skolkit.errors import NotFound
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import AlreadyDone, Once, commit, done_before, fetch
from skolkit.types import PersonId

if TYPE_CHECKING:
    from functions.grades.signing.pades import Personal, Sealing

_SYSTEM = "system:write_page"
_NOBODY = "Huvudmannen"  # until the municipality has been named
TEMPLATE = Path(__file__).parent.with_name("documents") / "page.typ"
CHUNK = 90  # facts in one transaction


def write_decided_page(told: GradesDecided) -> None:
    """Write the page of what somebody has decided, once. Ten round trips, of which four to KMS and S3."""
    order = orders.find_order(told.period, told.activity, told.order)
    if order and order.entries:
        _once(order, told.activity, (order,))


def ask_closing_pages(told: PeriodClosed) -> None:
    """Ask for the closing page of every sheet, ninety at a time; a repeat asks again and is answered by what
    is there. A query of all sheets, and one round trip for each ninety.
    """
    closing = orders.orders_of(told.period, CLOSING)
    sheets = [sheet for sheet in periods_store.sheets_of(told.period).values() if _decided(sheet)]
    for order in closing:
        due = [ClosingPageDue(period=told.period, activity=s.activity, order=order.id) for s in sheets]
        for n, some in enumerate(due[at : at + CHUNK] for at in range(0, len(due), CHUNK)):
            try:
                commit(facts=some, once=Once(f"closing:{order.id}:{n}"))
            except AlreadyDone:
                continue


def write_closing_page(told: ClosingPageDue) -> None:
    """Write a closed sheet's page of all its decisions, signed by the principal, once, after their own pages.
    Eleven round trips, and one for each order.
    """
    closing = orders.find_order(told.period, CLOSING, told.order)
    if closing:
        made = tuple(order for order in orders.orders_of(told.period, told.activity) if order.entries)
        for order in made:
            _once(order, told.activity, (order,))
        _once(closing, told.activity, made)


def _once(order: Order, activity: str, about: tuple[Order, ...]) -> None:
    key = f"page:{order.id}:{activity}"
    if done_before(key) is None:
        persist(partial(_write, order, activity, about, key))


def _write(order: Order, activity: str, about: tuple[Order, ...], key: str) -> None:
    from functions.grades.signing.pades import signed

    page, words = _page(order, activity, about)
    content = signed(*_set(page, words))
    # What is put before the commit fails stays in the bucket and belongs to no page.
    kept = SignedPage(
        period=page.period, activity=activity, unit=page.unit, number=page.number, kind=page.kind,
        order=order.id, sha256=hashlib.sha256(content).hexdigest(),
        version=store.put_file(page.period, activity, order.id, content), made=page.made,
        signers=page.signers, pupils=rules.wanted(page)[0], named=rules.named(page, words),
        entries=len(page.entries),
    )  # fmt: skip
    told = PageSigned(
        period=page.period, activity=activity, unit=page.unit, order=order.id, page=page.number,
        sha256=kept.sha256,
    )  # fmt: skip
    trace = Trace(_SYSTEM, "write_page", activity, changes=f"{page.number} {kept.sha256}")
    try:
        commit(store.page_item(kept), facts=[told], trace=trace, once=Once(key))
    except AlreadyDone:
        return


def _page(order: Order, activity: str, about: tuple[Order, ...]) -> tuple[Page, Words]:
    """The page after the sheet's last one, and its words. Five round trips, one more for each 100 entries.
    Raises `NotWhatWasDecided`.
    """
    last = store.last_page(order.period, activity)
    places = dict.fromkeys(place for one in about for place in one.entries)
    found, periods, activities = fetch(
        catalogue.wanted_numbered(places), periods_store.wanted_periods([order.period]),
        organisation.wanted_activities([activity]), consistent=True,
    )  # fmt: skip
    rules.check_decided(found, about)
    period: Period = periods[order.period]
    page = Page(
        order=order.id, kind="closing" if order.activity == CLOSING else "decisions", period=order.period,
        activity=activity, unit=period.unit, number=last.number + 1 if last else 1,
        previous=last.sha256 if last else "", entries=tuple(found), signers=(Signer.of(order),), made=now(),
    )  # fmt: skip
    words = _words(page, period, activities[activity].name if activity in activities else activity)
    return rules.by_name(page, words), words


def _set(page: Page, words: Words) -> tuple[bytes, list[Personal], Sealing]:
    """The page unsigned, and who signs with what. One round trip, and one to KMS for each signer."""
    from functions.grades.signing.certificates import one_time
    from functions.grades.signing.pades import Personal, Sealing
    from skolkit import pdf

    ours = authority(words.municipality)
    persons = [
        Personal(
            one_time(words.municipality, one.person, one.title, ours.root, ours.issuer, now()),
            rules.reason(page, one),
        )
        for one in page.signers
    ]
    reason = f"Betygskatalogen, sida {page.number}"
    sealing = Sealing(ours.seal, ours.key, reason, words.municipality, timestamps())
    return pdf.pdf(TEMPLATE, rules.content(page, words), rules.attached(page, words)), persons, sealing


def _words(page: Page, period: Period, group: str) -> Words:
    pupils, staff = rules.wanted(page)
    listed, names, units = fetch(
        register.wanted_listed(pupils), register.wanted_names(staff), organisation.wanted_units([page.unit]),
        consistent=True,
    )  # fmt: skip
    municipality, unit = organisation.element(organisation.MUNICIPALITY), units.get(page.unit)
    people = {p.id: Person(_name(p), p.civic_no) for p in listed.values() if not p.protected}
    people |= {p.id: Person(_name(p)) for p in names.values() if not p.protected}
    return Words(
        municipality=municipality.name if municipality else _NOBODY, unit=unit.name if unit else "",
        unit_code=str(unit.code or "") if unit else "", group=group, period=rules.period_name(period),
        people=people,
    )  # fmt: skip


def _name(person: PersonName | ListedPerson) -> str:
    return f"{person.given_name} {person.family_name}"


def _decided(sheet: Sheet) -> bool:
    return any(line.entry for line in sheet.lines.values())


def list_catalogue_pages(
    caller: Caller, period: str, activity: str, query: PageQuery
) -> schemas.CataloguePages:
    """A sheet's signed pages. Two round trips for its teachers, three for others."""
    require_work(caller, "grades:read_sheet", period, activity)
    found, cursor = store.pages_of(period, activity, query.limit, query.cursor, caller.seal)
    return schemas.CataloguePages(data=[_view(page) for page in found], cursor=cursor)


def link_catalogue_page(caller: Caller, period: str, activity: str, number: int) -> schemas.CataloguePageLink:
    """Where to fetch a page for five minutes. Four round trips for its teachers, five for others."""
    work = require_work(caller, "grades:read_sheet", period, activity)
    page = store.find_page(period, activity, number)
    if page is None:
        raise NotFound
    _require_named(caller, page)
    record_read(
        Trace(
            caller.person_id, "link_catalogue_page", work.activity.groups[0], changes=f"{activity} {number}"
        )
    )
    return schemas.CataloguePageLink(url=store.link(page), seconds=store.LINK_SECONDS, sha256=page.sha256)


def _require_named(caller: Caller, page: SignedPage) -> None:
    """Let only who may read their grades see a page that names pupils who have become protected; one that
    names a member of staff who has is for who leads the unit. Raises `PageWithheld`. One round trip; three
    for each who has.
    """
    names: dict[PersonId, PersonName] = fetch(register.wanted_names(page.named), consistent=True)[0]
    try:
        for person in page.named:
            if person in names and not names[person].protected:
                continue
            if person in page.pupils:
                register.require_pupil(caller, "grades:read_catalogue", person)
            else:
                require_unit(caller, "grades:close_period", page.unit)
    except NotFound:
        raise PageWithheld(field="page", value=page.number) from None


def _view(page: SignedPage) -> schemas.CataloguePage:
    return schemas.CataloguePage(
        number=page.number, kind=page.kind, order=page.order, sha256=page.sha256, created=page.made,
        entries=page.entries,
        signers=[
            schemas.PageSigner(
                person=one.person, role=one.role, signed_timestamp=one.at,
                signed_in_timestamp=one.signed_in_at,
            )
            for one in page.signers
        ],
    )  # fmt: skip
