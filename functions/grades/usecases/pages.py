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
from functions.grades.domain.orders import CLOSING, Order, place_of, signed_by_all
from functions.grades.domain.pages import Page, PageWithheld, Person, Series, SignedPage, Words
from functions.grades.domain.periods import Period
from functions.grades.events import (
    ClosingPageDue,
    GradesDecided,
    PageSigned,
    PeriodClosed,
    PupilGradeDecided,
    PupilPageSigned,
)
from functions.grades.schemas import pages as schemas
from functions.grades.schemas.common import PageQuery
from functions.grades.store import catalogue, orders
from functions.grades.store import pages as store
from functions.grades.store import periods as periods_store
from functions.grades.usecases.certificates import authority
from functions.grades.usecases.matters import require_matter
from functions.grades.usecases.rights import require_unit, require_work
from functions.organisation import queries as organisation
from functions.register import queries as register
from functions.register.queries import ListedPerson, PersonName
from skolkit.audit import Trace, record_read
from skolkit.clock import now
from skolkit.config import timestamps
from skolkit.errors import NotFound
from skolkit.events import Fact
from skolkit.identity import Caller
from skolkit.retry import persist
from skolkit.table import AlreadyDone, Once, commit, done_before, fetch
from skolkit.types import PersonId, UnitId

if TYPE_CHECKING:
    from functions.grades.signing.pades import Personal, Sealing

_SYSTEM = "system:write_page"
_NOBODY = "Huvudmannen"  # until the municipality has been named
_ELSEWHERE = "En annan huvudmans skolenhet"  # which one, the entry's source says
TEMPLATE = Path(__file__).parent.with_name("documents") / "page.typ"
CHUNK = 90  # facts in one transaction


def write_decided_page(told: GradesDecided) -> None:
    """Write the page of what somebody has decided, once. Ten round trips, of which four to KMS and S3."""
    order = orders.find_order(told.period, told.activity, told.order)
    if order and order.entries:
        _once(order, Series(period=told.period, activity=told.activity), (order,))


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
        series = Series(period=told.period, activity=told.activity)
        made = tuple(order for order in orders.orders_of(told.period, told.activity) if order.entries)
        for order in made:
            _once(order, series, (order,))
        _once(closing, series, made)


def write_pupil_page(told: PupilGradeDecided) -> None:
    """Write the page of a decision that has no sheet, once, in the pupil's own series. As many round trips as
    `write_decided_page`.
    """
    order = orders.find_order_of_pupil(told.pupil, told.order)
    if order:
        _once(order, Series(pupil=told.pupil), (order,))


def _once(order: Order, series: Series, about: tuple[Order, ...]) -> None:
    key = f"page:{order.id}:{series.activity or '-'}"
    if done_before(key) is None:
        persist(partial(_write, order, series, about, key))


def _write(order: Order, series: Series, about: tuple[Order, ...], key: str) -> None:
    from functions.grades.signing.pades import signed

    page, words = _page(order, series, about)
    content = signed(*_set(page, words))
    # What is put before the commit fails stays in the bucket and belongs to no page.
    kept = SignedPage(
        series=series, unit=page.unit, number=page.number, kind=page.kind, order=order.id,
        sha256=hashlib.sha256(content).hexdigest(), version=store.put_file(series, order.id, content),
        made=page.made, signers=tuple(one.signer for one in page.signings), pupils=rules.wanted(page)[0],
        named=rules.named(page, words), entries=len(page.entries),
    )  # fmt: skip
    about_what = series.pupil or series.activity
    trace = Trace(_SYSTEM, "write_page", about_what, changes=f"{page.number} {kept.sha256}")
    try:
        commit(store.page_item(kept), facts=[_signed(kept)], trace=trace, once=Once(key))
    except AlreadyDone:
        return


def _signed(page: SignedPage) -> Fact:
    series = page.series
    if series.pupil:
        return PupilPageSigned(
            pupil=series.pupil, unit=page.unit, order=page.order, page=page.number, sha256=page.sha256
        )
    return PageSigned(
        period=series.period, activity=series.activity, unit=page.unit, order=page.order, page=page.number,
        sha256=page.sha256,
    )  # fmt: skip


def _page(order: Order, series: Series, about: tuple[Order, ...]) -> tuple[Page, Words]:
    """The page after the last one of its series, and its words. Five round trips, one more for each 100
    entries. Raises `NotWhatWasDecided`.
    """
    last = store.last_page(series)
    places = dict.fromkeys(place for one in about for place in one.entries)
    found, periods, activities = fetch(
        catalogue.wanted_numbered(places), periods_store.wanted_periods(filter(None, [series.period])),
        organisation.wanted_activities([*filter(None, [series.activity])]), consistent=True,
    )  # fmt: skip
    rules.check_decided(found, about)
    period: Period | None = periods.get(series.period)
    page = Page(
        order=order.id, kind="closing" if order.activity == CLOSING else "decisions", series=series,
        unit=period.unit if period else found[0].unit, number=last.number + 1 if last else 1,
        previous=last.sha256 if last else "", entries=tuple(found), made=now(),
        signings=order.signings if order.entries else signed_by_all(order, found),
    )  # fmt: skip
    activity = activities.get(series.activity)
    words = _words(page, period, activity.name if activity else series.activity)
    return rules.by_name(page, words), words


def _set(page: Page, words: Words) -> tuple[bytes, list[Personal], Sealing]:
    """The page unsigned, and who signs with what. One round trip, and one to KMS for each signer."""
    from functions.grades.signing.certificates import one_time
    from functions.grades.signing.pades import Personal, Sealing
    from skolkit import pdf

    ours = authority(words.municipality)
    persons = [
        Personal(
            one_time(words.municipality, one.signer.person, one.signer.title, ours.root, ours.issuer, now()),
            rules.reason(page, one),
        )
        for one in page.signings
    ]
    reason = f"Betygskatalogen, sida {page.number}"
    sealing = Sealing(ours.seal, ours.root, ours.key, reason, words.municipality, timestamps())
    return pdf.pdf(TEMPLATE, rules.content(page, words), rules.attached(page, words)), persons, sealing


def _words(page: Page, period: Period | None, group: str) -> Words:
    pupils, staff = rules.wanted(page)
    listed, names, units = fetch(
        register.wanted_listed(pupils), register.wanted_names(staff), organisation.wanted_units([page.unit]),
        consistent=True,
    )  # fmt: skip
    municipality, unit = organisation.element(organisation.MUNICIPALITY), units.get(page.unit)
    people = {p.id: Person(_name(p), p.civic_no) for p in listed.values() if not p.protected}
    first = page.entries[0]
    people |= {p.id: Person(_name(p)) for p in names.values() if not p.protected}
    return Words(
        municipality=municipality.name if municipality else _NOBODY, unit=unit.name if unit else _ELSEWHERE,
        unit_code=str(unit.code or "") if unit else "", group=group, people=people,
        period=rules.period_name(period) if period else rules.term_name(first.term, first.school_year),
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
    series = Series(period=period, activity=activity)
    found, cursor = store.pages_of(series, query.limit, query.cursor, caller.seal)
    return schemas.CataloguePages(data=[_view(page) for page in found], cursor=cursor)


def link_catalogue_page(caller: Caller, period: str, activity: str, number: int) -> schemas.CataloguePageLink:
    """Where to fetch a page for five minutes. Four round trips for its teachers, five for others."""
    work = require_work(caller, "grades:read_sheet", period, activity)
    page = store.find_page(Series(period=period, activity=activity), number)
    if page is None:
        raise NotFound
    group = work.activity.groups[0]
    trace = Trace(caller.person_id, "link_catalogue_page", group, changes=f"{activity} {number}")
    return _linked(caller, page, page.unit, trace)


def link_pupil_page(caller: Caller, pupil: PersonId, entry: str) -> schemas.CataloguePageLink:
    """Where to fetch the page of a decision that has no sheet, for five minutes: for who decided and who
    leads the unit, not for the home, since it tells how others sign in. Ten round trips.
    """
    matter = require_matter(caller, "grades:read_page", pupil, entry)
    place, of = place_of(matter.entry), matter.entry.pupil
    made = {order.id for order in orders.orders_of_pupil(of) if place in order.entries}
    page = next((page for page in store.pages_of_pupil(of) if page.order in made), None)
    if page is None:
        raise NotFound
    trace = Trace(caller.person_id, "link_pupil_page", matter.record.id, changes=f"{entry} {page.number}")
    return _linked(caller, page, matter.unit, trace)


def _linked(caller: Caller, page: SignedPage, unit: UnitId, trace: Trace) -> schemas.CataloguePageLink:
    _require_named(caller, page, unit)
    record_read(trace)
    return schemas.CataloguePageLink(url=store.link(page), seconds=store.LINK_SECONDS, sha256=page.sha256)


def _require_named(caller: Caller, page: SignedPage, unit: UnitId) -> None:
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
                require_unit(caller, "grades:close_period", unit)
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
