"""Grade documents: what each shows and rests on, when it may be issued, what it replaces; codes; the public
page (SkolF 6:11–18; skollagen 3:19–20).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.grades.domain import check_codes as codes
from functions.grades.domain import check_page as pages
from functions.grades.domain import document_words as words
from functions.grades.domain import documents as rules
from functions.grades.domain import figures
from functions.grades.domain.catalogue import Subject
from functions.grades.domain.check_page import Checked, Tries
from functions.grades.domain.document_words import Said
from functions.grades.domain.documents import KINDS, Document
from functions.grades.domain.periods import Period
from skolkit.sweden.codes import SchoolForm
from skolkit.types import PersonId, UnitId
from tests.unit.grades.test_catalogue import AT, ENGLISH, entry

GR = SchoolForm.COMPULSORY
PERIOD = Period(
    id="period", unit=UnitId("unit"), form=GR, years=(9,), school_year="2026/27", term="HT",
    opens=date(2026, 11, 20), due=date(2026, 12, 16),
)  # fmt: skip
SPRING = replace(PERIOD, term="VT")
BORN, DAY = date(2011, 5, 6), date(2026, 12, 18)


def document(**more: Any) -> Document:
    plain = Document(
        id="document", pupil=PersonId("pupil"), kind="termGrades", language="sv", form=GR, number="TB-1",
        unit=UnitId("unit"), unit_name="Björkskolan", at=AT, by=PersonId("head"), role="principal",
        entries=(("one", "d1"), ("two", "d2")), code="c", sha256="s", fingerprint="f", period="period",
    )  # fmt: skip
    return replace(plain, **more)


def test_term_grades_are_the_latest_decision_of_each_subject_at_the_terms_end() -> None:
    old = entry("old", "D", school_year="2025/26", term="VT", at=AT - timedelta(days=200))
    now, english = entry("now", "C", at=AT), entry("english", "B", ENGLISH, school_year="2025/26", term="VT")
    later = entry("later", "A", term="VT", at=AT + timedelta(days=150))
    known = [old, english, now, later]
    assert [e.id for e in rules.content_of("termGrades", GR, known, PERIOD)] == ["english", "now"]
    assert [e.id for e in rules.content_of("termGrades", GR, known, SPRING)] == ["english", "later"]


def test_what_corrects_a_terms_grade_later_is_in_the_terms_document() -> None:
    wrong, right = entry("wrong", "D"), entry("right", "C", term="VT", replaces="wrong", kind="correction")
    again = entry("again", "B", term="VT", replaces="right", kind="change")
    known = [wrong, right, again]
    assert [e.id for e in rules.content_of("termGrades", GR, known, PERIOD)] == ["again"]


def test_final_grades_hold_finished_subjects_alone_and_an_extract_every_decision() -> None:
    known = [entry("maths", "F", finished=True), entry("english", "A", ENGLISH), entry("more", "E")]
    (shown,) = rules.content_of("finalGrades", GR, known[:2], SPRING)
    assert (shown.id, shown.value) == ("maths", "F")
    with pytest.raises(rules.NoGrades):
        rules.content_of("finalGrades", GR, known[1:2], SPRING)
    extract = rules.content_of("catalogueExtract", GR, known, None)
    assert {e.id for e in extract} == {"maths", "english", "more"}
    with pytest.raises(rules.NoGrades):
        rules.content_of("catalogueExtract", SchoolForm.UPPER_SECONDARY, known, None)


@pytest.mark.parametrize(
    ("year", "period", "ended", "day", "due"),
    [
        (9, SPRING, False, date(2027, 6, 10), True),
        (9, PERIOD, False, DAY, False),  # not in the autumn
        (9, None, True, DAY, True),
        (8, SPRING, False, date(2027, 5, 31), False),
        (8, SPRING, True, date(2027, 5, 31), False),
        (8, None, False, date(2027, 6, 1), True),  # skolplikten upphör
        (None, None, True, DAY, False),
    ],
)
def test_final_grades_are_due_after_the_highest_year_or_when_compulsory_school_ends(
    year: int | None, period: Period | None, ended: bool, day: date, due: bool
) -> None:
    if due:
        rules.check_final(GR, year, BORN, period, day, ended=ended)
        return
    with pytest.raises(rules.SchoolingGoesOn):
        rules.check_final(GR, year, BORN, period, day, ended=ended)


def test_a_leaving_certificate_is_for_who_leaves_and_says_the_hours() -> None:
    rules.check_leaving(0, open_there=False)
    with pytest.raises(rules.StillAtSchool):
        rules.check_leaving(900, open_there=True)
    with pytest.raises(rules.HoursMissing):
        rules.check_leaving(None, open_there=False)


def test_kinds_belong_to_forms_and_periods() -> None:
    unit = UnitId("unit")
    rules.check_kind("termGrades", GR, PERIOD, unit)
    rules.check_kind("finalGrades", GR, None, unit)
    with pytest.raises(rules.PeriodNeeded):
        rules.check_kind("termGrades", GR, None, unit)
    with pytest.raises(rules.WrongForm):
        rules.check_kind("finalGrades", SchoolForm.UPPER_SECONDARY, None, unit)
    for period, kind in ((replace(PERIOD, unit=UnitId("x")), "termGrades"), (PERIOD, "leavingCertificate")):
        with pytest.raises(rules.PeriodUnfit):
            rules.check_kind(kind, GR, period, unit)  # type: ignore[arg-type]
    with pytest.raises(rules.PeriodUnfit):
        rules.check_kind("termGrades", SchoolForm.SAMI, PERIOD, unit)


def test_what_ends_a_form_cannot_be_delegated() -> None:
    ends = {"finalGrades", "diploma", "studyCertificate", "introductionCertificate"}
    assert {kind for kind, rule in KINDS.items() if rule.in_person} == ends
    assert rules.required_role("termGrades", in_person=False) == "delegate"
    assert rules.required_role("finalGrades", in_person=True) == "principal"
    with pytest.raises(rules.InPersonOnly):
        rules.required_role("finalGrades", in_person=False)


def test_the_same_again_is_nothing_new_and_other_grades_replace() -> None:
    old, new = document(), document(id="new", at=AT + timedelta(days=1))
    assert rules.standing_one([old], new) == old
    for other in (
        document(state="replaced"), document(language="en"), document(period="x"), document(stale="one"),
        document(entries=(("one", "d1"),)), document(entries=(("one", "d1"), ("two", "other"))),
    ):  # fmt: skip
        assert rules.standing_one([other], new) is None
    (replaced,) = rules.replaced_by([old, document(language="en"), document(state="revoked")], new)
    assert (replaced.state, replaced.ended, replaced.ended_by) == ("replaced", new.at, "new")


def test_extracts_stand_beside_each_other_until_one_is_outdated() -> None:
    extract = document(kind="catalogueExtract", period=None)
    new = replace(extract, id="new")
    assert rules.standing_one([extract], new) is None
    assert rules.replaced_by([extract], new) == []
    (stale,) = rules.outdated([extract], "two")
    assert [d.state for d in rules.replaced_by([stale], new)] == ["replaced"]


def test_what_rests_on_a_replaced_entry_is_to_be_replaced_once() -> None:
    known = [document(), document(id="b", entries=(("x", "d"),)), document(id="c", state="revoked")]
    (marked,) = rules.outdated(known, "one")
    assert (marked.id, marked.stale) == ("document", "one")
    assert rules.outdated([marked], "one") == []


def test_a_revoked_document_stays_revoked() -> None:
    gone = rules.revoked(document(stale="one"), "lostControl", AT)
    assert (gone.state, gone.ended, gone.ended_by, gone.stale) == ("revoked", AT, "lostControl", None)
    with pytest.raises(rules.NotIssued):
        rules.revoked(gone, "lostControl", AT)


@given(st.binary(min_size=13, max_size=13), st.binary(min_size=13, max_size=13))
def test_codes_have_100_bits_and_are_read_as_they_are_typed(one: bytes, other: bytes) -> None:
    code = codes.code_from(one)
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{20}", code)
    for typed in (code, codes.grouped(code), f"  {codes.grouped(code).lower()} ", " ".join(code)):
        assert codes.tidied(typed) == code
    assert (code == codes.code_from(other)) == (int.from_bytes(one) >> 4 == int.from_bytes(other) >> 4)
    assert codes.tidied(code[:-1]) is None
    assert codes.tidied("0" + code[1:]) is None
    assert code not in codes.hashed(code)


def test_a_fingerprint_fits_what_the_paper_shows_and_nothing_else() -> None:
    made = codes.fingerprint("CODE", BORN, ["A", "-", "Icke godkänt"])
    assert codes.fingerprint("CODE", BORN, pages.typed_grades("a – icke godkänt")) == made
    for code, born, grades in (
        ("CODF", BORN, "A – Icke godkänt"), ("CODE", DAY, "A – Icke godkänt"),
        ("CODE", BORN, "B – Icke godkänt"),
    ):  # fmt: skip
        assert codes.fingerprint(code, born, pages.typed_grades(grades)) != made


def test_wrong_codes_are_counted_for_an_hour() -> None:
    tries = Tries()
    for _ in range(pages.MOST_TRIES):
        assert not tries.locked(AT)
        tries = tries.one_more(AT)
    assert tries.locked(AT + timedelta(minutes=59))
    assert not tries.locked(AT + timedelta(hours=1))
    assert tries.one_more(AT + timedelta(hours=1)).count == 1


CHECKED = Checked(
    kind="finalGrades", number="SB-1", unit="<b>Skolan</b>", day="2026-06-12", sha256="ab" * 32,
    fingerprint="f", state="replaced", ended="2026-09-01",
)  # fmt: skip


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("said", ["ask", "issued", "replaced", "revoked", "unknown", "tooMany"])
def test_the_page_is_whole_in_both_languages(said: Any, language: Any) -> None:
    found = CHECKED if said in ("issued", "replaced", "revoked") else None
    html = pages.page(said, language, found, "23456789ABCDEFGHJKLM")
    assert html.startswith(f'<!doctype html>\n<html lang="{language}">')
    assert html.count("<h1>") == html.count("</h1>") == 1
    assert "<script" not in html
    assert "<b>" not in html
    for input in re.findall(r'<input type="text" id="(\w+)"', html):
        assert f'<label for="{input}">' in html
    assert ("2026-09-01" in html) == (said in ("replaced", "revoked"))
    assert ("SB-1" in html) == (found is not None)


def test_what_was_typed_comes_back_to_be_put_right_and_as_text() -> None:
    typed = ('"><script>', "A & B")
    html = pages.page("issued", "sv", CHECKED, "23456789ABCDEFGHJKLM", "differs", typed)
    assert 'value="&quot;&gt;&lt;script&gt;"' in html
    assert 'value="A &amp; B"' in html
    assert "<script" not in html


def said(kind: Any, **more: Any) -> Said:
    plain = Said(
        kind=kind, language="sv", form=GR, holder="Alva Ek", born=BORN, civic_no="20110506-2389",
        organiser="Ekhamra", unit="Björkskolan", unit_code="12345678", issuer="Gun Hård", role="delegate",
        day=DAY, number="TB-1", code="23456789ABCDEFGHJKLM", qr="<svg/>",
        url="https://skola.example.org/grades/v1/documents/check?code=23456789ABCDEFGHJKLM",
    )  # fmt: skip
    return replace(plain, **more)


def test_a_document_says_what_the_law_asks() -> None:
    term: Any = words.content(said("termGrades", period=PERIOD, invalid=95), [entry("a", finished=True)])
    facts = dict(term["facts"])
    assert facts["Ogiltig frånvaro under terminen"] == "1 timme 35 minuter"
    assert (facts["Termin"], facts["Personnummer"]) == ("Höstterminen 2026", "20110506-2389")
    (table,) = term["tables"]
    assert [c["title"] for c in table["columns"]] == ["Ämne", "Betyg", "Avslutat", "Anmärkning"]
    assert table["rows"] == [["Matematik", "C", "Ja", ""]]
    assert term["issued"]["role"] == "På rektors uppdrag"
    assert term["check"]["url"] == "skola.example.org/grades/v1/documents/check"

    final: Any = words.content(said("finalGrades", year=9, role="principal"), [entry("a", "-")])
    facts = dict(final["facts"])
    assert (facts["Årskurs"], facts["SeQF-nivå"], final["issued"]["role"]) == ("9", "2", "Rektor")
    assert final["tables"][0]["rows"] == [["Matematik", "–", ""]]
    assert any("frånvaro" in note for note in final["notes"])
    for text, remark in (("anpassad timplan", "Anpassad timplan"), ("mindre skola", "Anpassade studier")):
        shown: Any = words.content(said("finalGrades"), [entry("a", adapted=text)])
        assert shown["tables"][0]["rows"] == [["Matematik", "C", remark]]
    adapted: Any = words.content(said("finalGrades", form=SchoolForm.ADAPTED_COMPULSORY), [entry("a")])
    assert dict(adapted["facts"])["SeQF-nivå"] == "1"


def test_who_has_no_number_or_is_protected_is_named_by_birth_date() -> None:
    shown: Any = words.content(said("termGrades", civic_no=None, period=PERIOD), [entry("a")])
    assert dict(shown["facts"])["Född"] == "2011-05-06"


def test_an_english_document_is_english_and_says_which_is_official() -> None:
    spanish = Subject(
        code="GRGRMSP01", name="Moderna språk", form=GR, language="spa", choice="languageChoice"
    )
    shown: Any = words.content(said("termGrades", language="en", period=PERIOD), [entry("a", "B", spanish)])
    assert shown["title"] == "Term grades"
    assert shown["tables"][0]["rows"][0][0] == "Modern languages, Spanish (language choice)"
    assert "Swedish document" in shown["translation"]
    assert not re.search("[åäöÅÄÖ]", str([shown["notes"], shown["tables"], [f[0] for f in shown["facts"]]]))


@given(st.integers(0, 100_000))
def test_durations_are_whole(minutes: int) -> None:
    text = figures.duration(minutes, "sv").replace("\xa0", "")
    found = {unit[:3]: int(number) for number, unit in re.findall(r"(\d+) (\w+)", text)}
    assert found.get("tim", 0) * 60 + found.get("min", 0) == minutes
