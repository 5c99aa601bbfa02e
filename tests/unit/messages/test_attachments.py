"""Files with news and messages: names, types, and what the scanner finds in them."""

from __future__ import annotations

import io
import unicodedata
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.messages.domain import attachments as rules
from functions.messages.domain.attachments import Attachment, Reason
from functions.messages.scanner import refusal
from skolkit.files import disposition
from skolkit.types import PersonId
from tests.support.attached import DOCX, EICAR, PDF, PPTX, TEXT, XLSX, office, pdf, relation, zipped

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 200
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
PROGRAM = b"MZ" + b"\0" * 58 + (64).to_bytes(4, "little") + b"PE\0\0" + b"\0" * 100
ME, OTHER = PersonId("01900000-0000-7000-8000-000000000001"), PersonId("01900000-0000-7000-8000-000000000002")


def objects(*bodies: bytes) -> bytes:
    """A stream of packed objects, numbered from 90."""
    index = b" ".join(b"%d %d" % (90 + n, sum(map(len, bodies[:n])) + n) for n in range(len(bodies)))
    packed = zlib.compress(index + b" " + b" ".join(bodies))
    head = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (
        len(bodies), len(index) + 1, len(packed)
    )  # fmt: skip
    return head + b"\nstream\n" + packed + b"\nendstream"


def packed_otherwise() -> bytes:
    """A script in packed objects that only the index of the file knows how to unpack."""
    body = b"<</S/JavaScript/JS(a)>>"
    packed = zlib.compress(b"6 0 " + body).hex().encode() + b">"
    known = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        b"<</Type/ObjStm/N 1/First 4/Filter[/ASCIIHexDecode/FlateDecode]/Length %d>>\nstream\n%s\nendstream"
        % (len(packed), packed),
    ]
    made, rows = bytearray(b"%PDF-1.7\n"), [bytes(6)]
    for number, one in enumerate(known, 1):
        rows.append(b"\x01" + len(made).to_bytes(4, "big") + b"\0")
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(made)
    rows += [b"\x01" + start.to_bytes(4, "big") + b"\0", b"\x02" + (4).to_bytes(4, "big") + b"\0"]
    index = b"".join(rows)
    made += b"5 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(index)
    return bytes(made + index + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)


def locked() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer, made = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(pdf())))
    writer.encrypt("hemligt", algorithm="RC4-128")
    writer.write(made)
    return made.getvalue()


def workbook() -> bytes:
    import openpyxl

    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    return made.getvalue()


def field(prefix: str, *pieces: str) -> str:
    """A part of Word with a field written in pieces."""
    said = "".join(f"<{prefix}:instrText>{piece}</{prefix}:instrText>" for piece in pieces)
    return f'<?xml version="1.0"?><{prefix}:p>{said}</{prefix}:p>'


CLEAN = {
    "jpeg": ("image/jpeg", JPEG), "png": ("image/png", PNG), "heic": ("image/heic", HEIC),
    "pdf": (PDF, pdf()),
    "link in a pdf": (PDF, pdf(b"<</S/URI/URI(https://skola.example)>>")),
    "packed objects": (PDF, pdf(objects(b"<</Title(Plan)>>"))),
    "document": (DOCX, office()), "workbook": (XLSX, workbook()), "presentation": (PPTX, office(PPTX)),
    "link": (DOCX, office(relations=relation("hyperlink", "https://skola.example"))),
    "chart": (DOCX, office(word__embeddings__a_xlsx=workbook())),
    "printer": (XLSX, office(XLSX, xl__printerSettings__p1_bin=b"settings")),
    "text": (TEXT, "BMI-plan: å ä ö\r\n".encode()), "old text": (TEXT, "å ä ö".encode("cp1252")),
    "empty lines": (TEXT, b"\n\n"), "wide text": (TEXT, "Hej å".encode("utf-16")),
}  # fmt: skip

DIRTY: dict[str, tuple[str, bytes, Reason]] = {
    "a program": ("image/png", PROGRAM, "malware"),
    "png as jpeg": ("image/jpeg", PNG, "typeMismatch"),
    "pdf as text": (TEXT, b"%PDF-1.7\n\x00\x01", "typeMismatch"),
    "text as pdf": (PDF, b"Hej", "typeMismatch"),
    "before the pdf": (PDF, b"<script>\n" + pdf(), "typeMismatch"),
    "a zip as document": (DOCX, zipped({"a.txt": "a"}), "typeMismatch"),
    "workbook as document": (DOCX, workbook(), "typeMismatch"),
    "before the zip": (DOCX, b"MZ" + office(), "typeMismatch"),
    "cut document": (DOCX, office()[:-40], "unreadable"),
    "cut pdf": (PDF, b"%PDF-1.7\n1 0 obj", "unreadable"),
    "eicar": (TEXT, EICAR, "malware"),
    "eicar in the middle": (TEXT, b"Hej " * 1000 + EICAR + b" slut", "malware"),
    "eicar behind a picture": ("image/jpeg", JPEG + EICAR, "malware"),
    "eicar in a document": (DOCX, office(word__media__a_png=b"Hej" + EICAR), "malware"),
    "eicar in a chart": (DOCX, office(w__a_xlsx=office(XLSX, xl__a_xml=EICAR)), "malware"),
    "eicar in a pdf": (PDF, pdf(b"(" + EICAR.replace(b")", b"\\)") + b")") + EICAR, "malware"),
    "a program in a document": (DOCX, office(word__media__a_png=PROGRAM), "malware"),
    "macros": (DOCX, office(word__vbaProject_bin=COMPOUND), "macros"),
    "old macros": (XLSX, office(XLSX, xl__macrosheets__sheet1_xml="<a/>"), "macros"),
    "locked document": (DOCX, COMPOUND, "locked"),
    "an object": (DOCX, office(word__embeddings__o1_bin=COMPOUND), "activeContent"),
    "an object by another name": (DOCX, office(word__media__o1_png=COMPOUND), "activeContent"),
    "a control": (DOCX, office(word__activeX__a_xml="<a/>"), "activeContent"),
    "a page of the web": (DOCX, office(word__a_html="<b>"), "activeContent"),
    "a zip in it": (DOCX, office(word__a_zip=zipped({"a.txt": "a"})), "activeContent"),
    "three deep": (DOCX, office(w__a_docx=office(w__b_docx=office())), "activeContent"),
    "a template": (DOCX, office(relations=relation("attachedTemplate", "http://x.example")), "activeContent"),
    "a picture outside": (DOCX, office(relations=relation("image", "http://x.example/a")), "activeContent"),
    "a dangerous link": (DOCX, office(relations=relation("hyperlink", "ms-msdt:x")), "activeContent"),
    "a share": (DOCX, office(relations=relation("hyperlink", "\\\\x.example\\a")), "activeContent"),
    "another workbook": (XLSX, office(XLSX, xl__externalLinks__l1_xml="<a/>"), "activeContent"),
    "a connection": (XLSX, office(XLSX, xl__connections_xml="<a/>"), "activeContent"),
    "dde": (DOCX, office(w__d_xml=field("w", "D", "DE x")), "activeContent"),
    "dde by number": (DOCX, office(w__d_xml=field("w", "&#68;DEAUTO x")), "activeContent"),
    "dde under another prefix": (DOCX, office(w__d_xml=field("q", "DDEAUTO x")), "activeContent"),
    "dde as an attribute": (DOCX, office(w__d_xml='<w:p w:instr="DDE x"/>'), "activeContent"),
    "dde in wide letters": (DOCX, office(w__d_xml=field("w", "DDE x").encode("utf-16")), "activeContent"),
    "dde in a part by another name": (DOCX, office(w__d_part=field("w", "DDE x")), "activeContent"),
    "entities": (DOCX, office(w__d_xml="<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "activeContent"),
    "entities in a relation": (DOCX, office(w___rels__d_rels="<!DOCTYPE a []><a/>"), "unreadable"),
    "a bomb": (DOCX, office(w__b_xml=b"\0" * 20_000_000), "tooMuch"),
    "relations without end": (DOCX, office(w___rels__d_rels=b"<a>" + b" " * 5_000_000), "tooMuch"),
    "many": (DOCX, zipped({f"{n}.xml": "" for n in range(2001)}), "tooMuch"),
    "script": (PDF, pdf(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "activeContent"),
    "escaped script": (PDF, pdf(catalog=b"/OpenAction<</S/J#61vaScript/#4AS(a)>>"), "activeContent"),
    "escaped script that the index leaves out": (
        PDF, pdf() + b"\n9 0 obj\n<</S/J#61vaScript/J#53(a)>>\nendobj\n", "activeContent"
    ),
    "launch": (PDF, pdf(b"<</S/Launch/F(cmd.exe)>>"), "activeContent"),
    "a file in a pdf": (PDF, pdf(b"<</Names<</EmbeddedFiles<<>>>>>>"), "activeContent"),
    "packed script": (PDF, pdf(objects(b"<</S/JavaScript/JS(a)>>")), "activeContent"),
    "script packed otherwise": (PDF, packed_otherwise(), "activeContent"),
    "packed too much": (PDF, pdf(*[objects(b"(" + b" " * 990_000 + b")")] * 60), "tooMuch"),
    "a form that is sent": (PDF, pdf(b"<</S/SubmitForm/F(http://x.example)>>"), "activeContent"),
    "locked pdf": (PDF, locked(), "locked"),
}  # fmt: skip


@pytest.mark.parametrize("case", CLEAN)
def test_what_is_clean_goes_through(case: str) -> None:
    type, content = CLEAN[case]
    assert refusal(content, type) is None


@pytest.mark.parametrize("case", DIRTY)
def test_what_is_not_is_refused_for_what_it_is(case: str) -> None:
    type, content, why = DIRTY[case]
    assert refusal(content, type) == why


def test_many_small_documents_are_a_bomb_together() -> None:
    small = office(XLSX, xl__b_xml=b"\0" * 9_000_000)
    assert refusal(small, XLSX) is None
    many = office(DOCX, **{f"w__e{n}_xlsx": small for n in range(30)})
    assert len(many) < 2_000_000
    assert refusal(many, DOCX) == "tooMuch"


@given(st.binary(max_size=400), st.sampled_from(sorted(rules.LIMITS.types)))
def test_any_bytes_have_an_answer(content: bytes, type: str) -> None:
    assert refusal(content, type) in {None, *rules.WHY}
    assert refusal(pdf()[:200] + content, PDF) in {None, *rules.WHY}
    assert refusal(office()[:100] + content, DOCX) in {None, *rules.WHY}


@pytest.mark.parametrize("name", [
    "Läsårsdata 2026.pdf", "Planering (vecka 3).PDF", "o\u0308vning.pdf", "学校.pdf", "a..pdf",
    "C'est ça & nu.pdf",
])  # fmt: skip
def test_a_name_is_kept(name: str) -> None:
    assert rules.checked_name(name, PDF, 1) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", [
    "../plan.pdf", "..\\plan.pdf", "/etc/plan.pdf", "C:plan.pdf", "a\r\nSet-Cookie: b.pdf", "a\0.pdf", "plan",
    "plan.exe", "plan.pdf.exe", ".pdf", " plan.pdf", "plan.pdf ", "con.pdf", "LPT1.pdf", "fdp.\u202eexe.pdf",
    "a\u200b.pdf", "a\u2028b.pdf", 'a"b.pdf', "a<b>.pdf", "a?.pdf", "a*.pdf", "a|b.pdf", "a\x7f.pdf",
])  # fmt: skip
def test_a_name_that_could_do_harm_is_refused(name: str) -> None:
    with pytest.raises(rules.UnfitName) as refused:
        rules.checked_name(name, PDF, 1)
    assert refused.value.value is None


def test_type_and_size_have_limits_that_are_data() -> None:
    with pytest.raises(rules.UnsupportedType):
        rules.checked_name("a.svg", "image/svg+xml", 1)
    with pytest.raises(rules.FileTooLarge) as refused:
        rules.checked_name("a.pdf", PDF, 10_000_001)
    assert "10 MB" in refused.value.said.sv
    assert rules.checked_name("a.pdf", PDF, 10_000_000)
    own = replace(rules.LIMITS, types={"image/svg+xml": ("svg",)}, most_bytes=5)
    assert rules.checked_name("a.svg", "image/svg+xml", 5, own)
    with pytest.raises(rules.TooManyFiles):
        rules.check_pace(60)


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), min_size=1, max_size=120))
def test_a_header_is_ascii_and_keeps_the_name(name: str) -> None:
    from email.message import Message
    from urllib.parse import unquote

    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert unquote(header.rpartition("''")[2]) == name
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert not set(message.get_param("filename", header="content-disposition") or "") & {'"', "\\"}


def file(**more: object) -> Attachment:
    return replace(Attachment("a", ME, "Plan.pdf", PDF, 9, "clean"), **more)  # type: ignore[arg-type]


def attach(found: Attachment, ids: tuple[str, ...] = ("a",), by: PersonId = ME) -> list[Attachment]:
    return rules.check_attaching(ids, {"a": found}, by, "NEWS#1")


def test_only_ones_own_clean_and_unused_file_is_attached() -> None:
    assert attach(file()) == [file()]
    kept = file(used="NEWS#1")
    assert attach(kept) == attach(kept, by=OTHER) == [kept]
    with pytest.raises(rules.UnknownAttachment):
        attach(file(), by=OTHER)
    with pytest.raises(rules.UnknownAttachment):
        attach(file(used="NEWS#2"), by=OTHER)
    with pytest.raises(rules.UnknownAttachment):
        attach(file(), ("b",))
    with pytest.raises(rules.AttachmentTwice) as twice:
        attach(file(), ("a", "a"))
    assert twice.value.field == "attachments.1"
    with pytest.raises(rules.AttachmentUsed):
        attach(file(used="NEWS#2"))
    with pytest.raises(rules.StillScanning):
        attach(file(state="waiting"))
    with pytest.raises(rules.AttachmentRefused) as refused:
        attach(file(state="refused", why="macros"))
    assert "makron" in refused.value.said.sv
