"""Teachers who decide together both sign, each on an own sign-in, which nobody else gets to see; who decides
alone signs alone.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto.x509 import Certificate as Asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from functions.grades.domain import pages as rules
from functions.grades.extract import gather
from functions.grades.signing.certificates import roots
from skolkit.clock import now, stamp
from skolkit.extracts import Requested
from skolkit.types import PersonId
from tests.integration.grades.signing.test_pages import checked, fetched, listed, told
from tests.support.areas import acting_as, call, deliver
from tests.support.asks import new_key
from tests.support.grade_cases import CHANGE, Wronged
from tests.support.grading import Graded, certify, teach


@pytest.fixture
def pair(school: Graded) -> list[PersonId]:
    """Two certified and qualified teachers who grade the class in mathematics together."""
    both = school.teachers[:2]
    for teacher in both:
        certify(teacher, "MA")
    teach(school, "MA", both)
    return both


def claims(minutes: int, level: int) -> dict[str, str]:
    """A sign-in some minutes ago."""
    since = now().replace(microsecond=0) - timedelta(minutes=minutes)
    return {"auth_time": str(int(since.timestamp())), "aal": str(level)}


def since(claimed: dict[str, str]) -> str:
    return stamp(datetime.fromtimestamp(int(claimed["auth_time"]), now().tzinfo))


def write() -> None:
    assert deliver("grades", "write_page", *told("GradesDecided")) == []


def signed_by(school: Graded, number: int = 1) -> list[str | None]:
    found = checked(fetched(school, number))
    assert found.faults == ()
    said = json.loads(found.attached["beslut.json"])
    assert rules.broken(said) == []
    return [one.person for one in found.signatures]


def decided_together(school: Graded, pair: list[PersonId]) -> tuple[list[PersonId], list[dict[str, str]]]:
    """Three pupils: the first teacher decides on one of them, then on the rest with a new sign-in, at last
    the other teacher on all of them; the pupils, and the three sign-ins.
    """
    pupils = sorted(school.klass.pupil_ids)[:3]
    ins = [claims(4, 3), claims(2, 4), claims(1, 3)]
    for teacher in pair:
        assert school.propose(teacher, dict.fromkeys(pupils, "C")).status == 200
    for teacher, some, claimed in zip((pair[0], *pair), (pupils[:1], pupils[1:], pupils), ins, strict=True):
        made = school.decide(teacher, some, claimed=claimed)
        assert made.status == 201, made.body
    return pupils, ins


def test_each_of_two_teachers_signs_what_they_decided_on_their_own_sign_in(
    school: Graded, pair: list[PersonId], tmp_path: Path
) -> None:
    pupils, ins = decided_together(school, pair)
    write()
    content = fetched(school)
    found = checked(content)
    assert found.faults == ()
    assert [one.person for one in found.signatures] == [pair[0], pair[0], pair[1], None]
    assert all(one.intact and one.trusted for one in found.signatures)
    told_in = [re.search(r"(\d+) beslut \w+, inloggad (\S+) nivå (\d)", s.reason) for s in found.signatures]
    assert [one.groups() if one else None for one in told_in] == [
        ("1", since(ins[0]), "3"), ("2", since(ins[1]), "4"), ("3", since(ins[2]), "3"), None
    ]  # fmt: skip
    said = json.loads(found.attached["beslut.json"])
    assert rules.broken(said) == []
    assert {entry["pupil"] for entry in said["entries"]} == set(pupils)
    answer = call("grades", "list_certificates", None)
    pem = "".join(one["pem"] for one in answer.body["certificates"] if one["kind"] == "root")
    trusted = [Asn1.load(one.der) for one in roots(pem)]
    signatures = list(PdfFileReader(io.BytesIO(content)).embedded_signatures)
    assert len(signatures) == 4
    for one in signatures:  # pyHanko's own validator, nothing of ours
        context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=now())
        assert validate_pdf_signature(one, context).bottom_line
    assert len({one.signer_cert.serial_number for one in signatures}) == 4
    if shutil.which("pdfsig"):
        (tmp_path / "page.pdf").write_bytes(content)
        command = ["pdfsig", "-nocert", str(tmp_path / "page.pdf")]
        out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        assert out.count("Signature is Valid.") == 4


def test_a_signature_removed_or_another_persons_in_its_place_is_found(
    school: Graded, pair: list[PersonId]
) -> None:
    decided_together(school, pair)
    write()
    said = json.loads(checked(fetched(school)).attached["beslut.json"])
    del said["signers"][-1]
    assert len(rules.broken(said)) == 3


def test_nobody_sees_how_another_signs_in(school: Graded, pair: list[PersonId]) -> None:
    """What is read over HTTP while the other is waited for and after, and the extracts: each has the own
    sign-in and none of the other's; the pupil has none.
    """
    pupils, ins = decided_together(school, pair)
    hints = [since(one)[:19] for one in ins]
    entry = call("grades", "list_catalogue", school.principal, path={"pupil": pupils[0]}).body["data"][0]
    where = {"pupil": pupils[0], "entry": entry["id"]}
    seen = [
        school.open(pair[0]), school.open(pair[1]), school.open(school.principal), entry,
        call("grades", "read_chain", school.principal, path=where).body,
    ]  # fmt: skip
    assert not [hint for hint in hints if hint in json.dumps(seen)]
    assert [s["signedBy"] for s in seen[-1]["signatures"]] == [pair[0], pair[1]]

    def kept(person: str) -> str:
        with acting_as("grades"):
            found = gather(Requested(request="r", person=PersonId(person), contacts=False))
        return json.dumps([section.rows for section in found])

    assert [hint in kept(pair[0]) for hint in hints] == [True, True, False]
    assert [hint in kept(pair[1]) for hint in hints] == [False, False, True]
    assert [hint in kept(pupils[0]) for hint in hints] == [False, False, False]


def test_who_is_appointed_and_who_leads_are_told_how_they_signed_in(school: Graded) -> None:
    alone, colleague = school.teachers[:2]
    one, other = sorted(school.klass.pupil_ids)[:2]
    certify(alone, certified=False)
    body, ins = {"teacher": colleague}, [claims(4, 3), claims(3, 4), claims(2, 3)]
    made = school.ask("appoint_grader", school.principal, body=body, headers={"if-match": '"0"'})
    assert made.status == 200, made.body
    assert school.propose(colleague, {one: "C"}).status == 200
    assert school.decide(colleague, [one], claimed=ins[0]).body["awaitsColleague"] == [one]
    said = {"student": other, "value": "B", "reason": "hindered"}
    done = school.ask("decide_as_principal", school.principal, body=said, headers=new_key(), claimed=ins[1])
    assert done.status == 201, done.body

    def told_of(person: str) -> list[bool]:
        with acting_as("grades"):
            found = gather(Requested(request="r", person=PersonId(person), contacts=False))
        text = json.dumps([section.rows for section in found])
        return [since(one)[:19] in text for one in ins]

    assert told_of(colleague) == [True, False, False]
    assert told_of(school.principal) == [False, True, False]
    assert told_of(alone) == told_of(one) == told_of(other) == [False, False, False]


def test_what_was_agreed_to_and_then_changed_is_not_signed_for(school: Graded, pair: list[PersonId]) -> None:
    first, second = pair
    one = school.klass.pupil_ids[0]
    assert school.set(first, {one: "C"}).body["awaitsColleague"] == [one]
    assert school.set(second, {one: "C"}, remark="Muntligt prov återstår").body["awaitsColleague"] == [one]
    assert told("GradesDecided") == []
    assert school.decide(first, [one]).body["decided"][0]["value"] == "C"
    write()
    assert signed_by(school) == [second, first, None]


def test_the_principal_who_decides_where_they_disagree_signs_alone(
    school: Graded, pair: list[PersonId]
) -> None:
    one = school.klass.pupil_ids[0]
    for teacher, value in zip(pair, "AC", strict=True):
        assert school.set(teacher, {one: value}).status == 201
    body = {"student": one, "value": "B", "reason": "disagreement"}
    assert school.ask("decide_as_principal", school.principal, body=body, headers=new_key()).status == 201
    write()
    assert signed_by(school) == [school.principal, None]


def test_of_two_who_disagree_the_qualified_one_signs_though_the_other_was_last(
    school: Graded, pair: list[PersonId]
) -> None:
    certify(pair[1])
    one = school.klass.pupil_ids[0]
    for teacher, value in zip(pair, "AC", strict=True):
        assert school.set(teacher, {one: value}).status == 201
    write()
    assert signed_by(school) == [pair[0], None]
    assert [one["person"] for one in listed(school)[0]["signers"]] == [pair[0]]


def test_a_change_that_both_want_is_signed_by_both(school: Graded, pair: list[PersonId]) -> None:
    pupil = next(p for p in school.pupils if len(p.guardians) == 2 and p.protection is None)
    assert school.set(pair[0], {pupil.id: "B"}).status == 201
    made = school.set(pair[1], {pupil.id: "B"})
    wronged = Wronged(school, pupil, made.body["decided"][0]["entry"])
    case = wronged.open(pair[0], CHANGE)
    said = [wronged.ask("answer_grade_change", teacher, {"agrees": True}, case) for teacher in pair]
    assert [(one.status, one.body["state"]) for one in said] == [(201, "open"), (201, "approved")]
    write()
    assert signed_by(school, 2) == [pair[0], pair[1], None]
