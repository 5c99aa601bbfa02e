"""What a signed page costs, part by part, and what a unit's catalogue takes as a parallel job. Printed, never
asserted: run it with `-s`.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from functions.grades.domain import pages as rules
from functions.grades.domain.orders import Order
from functions.grades.domain.pages import Series
from functions.grades.signing import keys
from functions.grades.store import orders
from functions.grades.usecases import certificates, pages
from functions.grades.usecases.pages import TEMPLATE
from infra import layers
from infra.local.cloud import Cloud
from skolkit import pdf
from skolkit.clock import now
from skolkit.types import new_id
from tests.support.areas import acting_as
from tests.support.fixtures import lay_tables
from tests.support.grading import GRADED, certify, make_graded, teach
from tests.support.pages import a_page, words

for layer in ("documents", "signing"):
    sys.path.append(str(layers.build_heavy(layers.LOCAL, layer)))

# What AWS lets a queue start (Lambda's developer guide, "Scaling behavior" of SQS event sources): five at
# once, then 300 more a minute, up to the account's thousand.
FIRST, MORE_PER_SECOND, MOST = 5, 5.0, 1000
SHEETS = 400  # a unit of 900 pupils
TRIPS = 0.1  # seconds: ten round trips more, to tables and to S3
COLD = 3.0  # seconds until the first page is begun: a start with both layers, and the queue's poll


def milliseconds(act: Callable[[], object], runs: int = 20) -> tuple[float, float]:
    """The medians of time and of this process's own, after a warm-up: others share the machine."""
    act()
    took, own = [], []
    for _ in range(runs):
        started, begun = time.perf_counter(), time.process_time()
        act()
        took.append((time.perf_counter() - started) * 1000)
        own.append((time.process_time() - begun) * 1000)
    return statistics.median(took), statistics.median(own)


def parallel(sheets: int, seconds: float, *, cold: float = COLD) -> float:
    """How many seconds a queue needs for pages of so many seconds each, while it starts more and more."""
    done, passed, step = 0.0, 0.0, 0.05
    while done < sheets:
        workers = min(FIRST + MORE_PER_SECOND * passed, MOST)
        done += workers * step / seconds
        passed += step
    return cold + passed


def test_a_signed_page(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    from functions.grades.signing.certificates import one_time
    from functions.grades.signing.check import check
    from functions.grades.signing.pades import Personal, Sealing, signed

    lay_tables(cloud)
    page, known = a_page(), words()
    with acting_as("grades"):
        ours = certificates.authority(known.municipality)
        plain = pdf.pdf(TEMPLATE, rules.content(page, known), rules.attached(page, known))
        who = page.signings[0].signer

        def person() -> Personal:
            made = one_time(known.municipality, who.person, who.title, ours.root, ours.issuer, now())
            return Personal(made, rules.reason(page, page.signings[0]))

        sealing = Sealing(ours.seal, ours.root, ours.key, "Sida 1", known.municipality)
        one = person()
        parts = {
            "typst, 30 decisions": milliseconds(
                lambda: pdf.pdf(TEMPLATE, rules.content(page, known), rules.attached(page, known))
            ),
            "one call to KMS": milliseconds(lambda: keys.key(keys.SEAL).sign(b"x" * 300)),
            "a person's certificate, with its call": milliseconds(person),
            "both signatures, with the seal's call": milliseconds(lambda: signed(plain, [one], sealing)),
            "the certificates in the table": milliseconds(lambda: certificates.authority(known.municipality)),
            "all of it": milliseconds(lambda: signed(*pages._set(page, known))),
        }
        content = signed(*pages._set(page, known))
    assert check(content, [ours.root]).faults == ()
    with capsys.disabled():
        print(f"\na signed page of a class of 30, {len(content) / 1000:.0f} kB; median, and own CPU:")
        for name, (took, cpu) in parts.items():
            print(f"  {name:40} {took:6.1f} ms {cpu:6.1f} ms")


def _written(order: Order, series: Series) -> None:
    """Once more, as if it had not been."""
    pages._write(order, series, (order,), new_id())


def test_the_whole_worker(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """From the fact to the page in the table, of a class that one teacher decided on and of one that two did:
    everything but the queue, with tables, S3 and KMS on this machine.
    """
    lay_tables(cloud)
    school = make_graded(cloud, unit=replace(GRADED, pupil_count=120))
    for teacher in school.teachers[:2]:
        certify(teacher, "MA", "EN")
    teach(school, "EN", school.teachers[:2])
    everybody: dict[str, Any] = dict.fromkeys(school.klass.pupil_ids, "C")
    for subject, who in (("MA", school.teachers[:1]), ("EN", school.teachers[:2])):
        for teacher in who:
            assert school.set(teacher, everybody, subject).status == 201
    took = {}
    with acting_as("grades"):
        for signers, subject in ((1, "MA"), (2, "EN")):
            series = Series(period=school.period, activity=school.activities[subject])
            (order,) = orders.orders_of(series.period, series.activity)
            assert len(order.signings) == signers
            took[signers] = milliseconds(partial(_written, order, series))
    with capsys.disabled():
        print(f"\na page of {len(everybody)} by the whole worker; median, and own CPU (agreed: 500 ms):")
        for signers, (whole, own) in took.items():
            print(f"  {signers} personal and the seal {whole:6.1f} ms {own:6.1f} ms")
            for seconds in (own / 1000 + TRIPS, whole / 1000, 0.5, 1.0):
                unit = parallel(SHEETS, seconds)
                print(f"    {SHEETS} sheets at {seconds * 1000:4.0f} ms a page: {unit:.0f} s (agreed: 20)")
