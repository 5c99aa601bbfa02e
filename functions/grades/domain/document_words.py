"""What a grade document says, in Swedish and in English: rows and tables for the template, from entries,
names and figures that others have read. The Swedish document is the official one; the English says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from functions.grades.domain import figures
from functions.grades.domain.catalogue import Entry, Subject
from functions.grades.domain.check_codes import grouped
from functions.grades.domain.documents import (
    ADULT,
    KINDS,
    SEQF,
    DocumentKind,
    Issuer,
    Language,
    law_of,
)
from functions.grades.domain.exam_documents import LEVEL
from functions.grades.domain.language_names import LANGUAGES
from functions.grades.domain.periods import Period
from functions.grades.domain.programmes import Programme
from functions.grades.domain.scales import BY_ID, DASH, Scale
from functions.grades.domain.subjects import subject_of
from skolkit.clock import LOCAL
from skolkit.errors import Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import FORMS
from skolkit.types import PersonId

Table = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A time at a unit, for a leaving certificate."""

    unit: str
    year: int | None
    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Everything a document says beside the grades. `civic_no` None: the birth date stands for it (protected
    identity too); `invalid` minutes of invalid absence in the term; `year` the highest year; `names` of
    deciders, without those who are protected; `hours` offered by subject name.
    """

    kind: DocumentKind
    language: Language
    form: SchoolForm
    holder: str
    born: date
    civic_no: str | None
    organiser: str
    unit: str
    unit_code: str
    issuer: str
    role: Issuer
    day: date
    number: str
    code: str
    url: str
    qr: str
    period: Period | None = None
    year: int | None = None
    invalid: int | None = None
    names: Mapping[PersonId, str] = field(default_factory=dict)
    stays: Sequence[Stay] = ()
    repeated: Sequence[tuple[int, str]] = ()
    offered: int | None = None
    programme: Programme | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)


def content(said: Said, entries: Sequence[Entry]) -> dict[str, object]:
    """The document for the template: heading, facts, tables, notes, who issued it, how to check it."""
    rule, en = KINDS[said.kind], said.language == "en"
    return {
        "title": rule.title.in_language(said.language),
        "form": _form(said),
        "lang": said.language,
        "organiser": said.organiser,
        "unit": said.unit,
        "holder": said.holder,
        "facts": _facts(said),
        "tables": _tables(said, entries),
        "notes": _notes(said, entries),
        "issued": {
            "day": said.day.isoformat(),
            "name": said.issuer or ("The principal" if en else "Rektor"),
            "role": _ROLES[said.role].in_language(said.language),
            "basis": f"{_ACCORDING.in_language(said.language)} {law_of(said.kind, said.form).rstrip('.')}.",
            "words": _ISSUED.in_language(said.language),
        },
        "number": f"{_NUMBER.in_language(said.language)} {said.number}",
        "check": {
            "heading": _CHECK.in_language(said.language),
            "words": _CHECK_WORDS.in_language(said.language),
            "code": grouped(said.code),
            "url": said.url.partition("?")[0].removeprefix("https://"),
            "qr": said.qr,
            "alt": _QR.in_language(said.language),
        },
        "translation": _TRANSLATION if en else "",
        "page": "Page" if en else "Sida",
    }


def _form(said: Said) -> str:
    use = FORMS[said.form]
    return use.en if said.language == "en" else use.sv


def _facts(said: Said) -> list[list[str]]:
    """Label and value, the holder's name apart."""
    rows: list[tuple[Text, str]] = [
        (_CIVIC, figures.civic(said.civic_no)) if said.civic_no else (_BORN, said.born.isoformat()),
        (_UNIT_CODE, said.unit_code or "–"),
    ]
    if said.period:
        term = _TERMS[said.period.term].in_language(said.language)
        rows.append((_TERM, f"{term} {term_year(said.period)}"))
    if said.year is not None:
        rows.append((_LEFT_IN if said.kind == "leavingCertificate" else _YEAR, str(said.year)))
    if said.programme:
        rows += _exam(said, said.programme)
    if said.kind == "finalGrades":
        rows.append((_SEQF, str(SEQF[said.form])))
    if said.invalid is not None:
        rows.append((_INVALID, figures.duration(said.invalid, said.language)))
    if said.offered is not None:
        rows.append((_OFFERED, figures.duration(said.offered, said.language)))
    return [[label.in_language(said.language), value] for label, value in rows]


def _exam(said: Said, programme: Programme) -> list[tuple[Text, str]]:
    area = said.form in ADULT and programme.kind == "preparatory"
    rows = [(_AREA if area else _PROGRAMME, programme.en if said.language == "en" else programme.sv)]
    if said.kind == "diploma":
        rows += [(_DIPLOMA, _DIPLOMAS[programme.kind].in_language(said.language)), (_SEQF, str(LEVEL))]
    total = sum(said.sizes.values())
    return rows + ([(_POINTS_IN_ALL, figures.thousands(total))] if total else [])


def term_year(period: Period) -> int:
    """The calendar year of a period's term.

    >>> from types import SimpleNamespace
    >>> term_year(SimpleNamespace(school_year="2026/27", term="VT"))
    2027
    """
    return int(period.school_year[:4]) + (period.term == "VT")


def _tables(said: Said, entries: Sequence[Entry]) -> list[Table]:
    language, sized = said.language, any(e.subject.points for e in entries)
    if said.kind == "catalogueExtract":
        own = [(_CODE, 1.3), (_POINTS, 0.8)] if sized else [(_FINISHED, 0.9)]
        columns = _columns(
            language, (_DAY, 1.2), (_SUBJECT, 2.3), *own, (_GRADE, 1.1), (_WHAT, 1.0), (_DECIDED_BY, 1.6)
        )
        rows = [_decision(e, said, sized=sized) for e in entries]
        return [_table(_DECISIONS, columns, rows, language)]
    marked = said.kind in ("termGrades", "leavingCertificate")
    tried = said.kind == "trialGrades"
    columns = _columns(
        language, (_SUBJECT, 3.4), *([(_CODE, 1.4), (_POINTS, 0.8)] if sized else []), (_GRADE, 0.9),
        *([(_FINISHED, 1.1)] if marked else []), *([(_DAY, 1.2)] if tried else []), (_REMARK, 2.2),
    )  # fmt: skip
    rows = [
        [
            label(e.subject, language),
            *([e.subject.code, str(said.sizes.get(e.id, e.subject.points) or "–")] if sized else []),
            value(e),
            *([_yes(finished=e.finished, language=language)] if marked else []),
            *([_day(e)] if tried else []),
            _remark(e, language, trial=not tried),
        ]
        for e in entries
    ]
    tables = [_table(_GRADES, columns, rows, language)]
    if said.stays:
        columns = _columns(language, (_UNIT, 3), (_YEAR, 1), (_FROM, 1.2), (_TO, 1.2))
        stays = [
            [s.unit, str(s.year or "–"), s.start.isoformat(), s.end.isoformat() if s.end else "–"]
            for s in said.stays
        ]
        tables.append(_table(_TIME, columns, stays, language))
    return tables


def _table(
    heading: Text, columns: list[dict[str, object]], rows: list[list[str]], language: Language
) -> Table:
    return {"heading": heading.in_language(language), "columns": columns, "rows": rows}


def _columns(language: Language, *columns: tuple[Text, float]) -> list[dict[str, object]]:
    return [
        {"title": title.in_language(language), "share": share, "strong": title == _GRADE}
        for title, share in columns
    ]


def _decision(e: Entry, said: Said, *, sized: bool) -> list[str]:
    """A course or level with its code and points, which is always finished; a subject with whether it is."""
    finished = _yes(finished=e.finished, language=said.language)
    own = [e.subject.code, str(e.subject.points or "–")] if sized else [finished]
    who = [said.names.get(d.person, "") for d in e.deciders]
    unknown = _STAFF.in_language(said.language)
    return [
        _day(e),
        label(e.subject, said.language),
        *own,
        value(e),
        _KINDS[e.kind].in_language(said.language),
        ", ".join(name or unknown for name in who) or e.source or "–",
    ]


def _day(e: Entry) -> str:
    return f"{e.at.astimezone(LOCAL):%Y-%m-%d}"


def value(e: Entry) -> str:
    """A grade as it is printed, a dash as a dash."""
    return "–" if e.value == DASH else e.value


def label(subject: Subject, language: Language) -> str:
    """A subject with its language and how it is read.

    >>> label(Subject(code="GRGRMSP01", name="Moderna språk", form=SchoolForm.COMPULSORY, language="spa",
    ...               choice="languageChoice"), "sv")
    'Moderna språk, spanska (språkval)'
    """
    known = subject_of(subject.code)
    name = known.en if known and language == "en" else subject.name
    if subject.language:
        spoken = LANGUAGES.get(subject.language)
        name += f", {spoken.in_language(language) if spoken else subject.language}"
    if subject.choice:
        name += f" ({_CHOICES[subject.choice].in_language(language)})"
    return name


def _yes(*, finished: bool, language: Language) -> str:
    return (_YES if finished else _NO).in_language(language)


def _remark(e: Entry, language: Language, *, trial: bool) -> str:
    adapted = _TIMPLAN if "timplan" in e.adapted.lower() else _ADAPTED  # which a slutbetyg has to say
    parts = [e.title, e.remark, adapted.in_language(language) if e.adapted else ""]
    parts.append(_TRIAL.in_language(language) if e.trial and trial else "")
    return ". ".join(part.rstrip(".") for part in parts if part)


def _notes(said: Said, entries: Sequence[Entry]) -> list[str]:
    language = said.language
    notes = list(dict.fromkeys(_scale(BY_ID[e.scale], language) for e in entries))
    if any(e.value == DASH for e in entries):
        notes.append(_DASHED.in_language(language))
    if said.kind == "termGrades":
        notes.append(_LATEST.in_language(language))
    if said.kind == "trialGrades":
        notes.append(_TRIED.in_language(language))
    if said.kind == "diploma":
        notes.append(_DIPLOMA_NOTE.in_language(language).format(level=LEVEL))
    if said.kind == "finalGrades":
        notes.append(_FINAL.in_language(language).format(level=SEQF[said.form]))
    notes += [_AGAIN.in_language(language).format(year=year, when=when) for year, when in said.repeated]
    return notes


def _scale(scale: Scale, language: Language) -> str:
    if scale.work:
        return _SCALE_WORK.in_language(language)
    values = list(scale.values)
    passed = [one for one in values if scale.values[one].passed]
    if values[0] != "A":  # words and figures do not explain themselves as letters do
        failed = ", ".join(one for one in values if one not in passed)
        return _SCALE_WORDS.in_language(language).format(passed=", ".join(passed), failed=failed)
    words = _SCALE if len(values) > len(passed) else _SCALE_PASSED
    return words.in_language(language).format(
        first=values[0], last=values[-1], low=passed[-1], fail=values[-1]
    )


_CIVIC = Text("Personnummer", "Identity number")
_BORN = Text("Född", "Born")
_UNIT = Text("Skolenhet", "School unit")
_UNIT_CODE = Text("Skolenhetskod", "School unit code")
_TERM = Text("Termin", "Term")
_YEAR = Text("Årskurs", "Year")
_LEFT_IN = Text("Slutar i årskurs", "Leaves in year")
_SEQF = Text("SeQF-nivå", "SeQF/EQF level")
_INVALID = Text("Ogiltig frånvaro under terminen", "Unauthorised absence in the term")
_OFFERED = Text("Erbjuden undervisningstid", "Teaching time offered")
_SUBJECT, _GRADE = Text("Ämne", "Subject"), Text("Betyg", "Grade")
_CODE, _POINTS = Text("Kod", "Code"), Text("Poäng", "Credits")
_FINISHED, _REMARK = Text("Avslutat", "Finished"), Text("Anmärkning", "Remark")
_DAY, _WHAT, _DECIDED_BY = Text("Beslut", "Decided"), Text("Slag", "Kind"), Text("Beslutat av", "Decided by")
_GRADES, _DECISIONS = Text("Betyg", "Grades"), Text("Beslut om betyg", "Decisions on grades")
_TIME, _FROM, _TO = Text("Tid i skolan", "Time at school"), Text("Från", "From"), Text("Till", "To")
_YES, _NO = Text("Ja", "Yes"), Text("Nej", "No")
_STAFF = Text("lärare", "teacher")
_ADAPTED = Text("Anpassade studier", "Adapted studies")
_TIMPLAN = Text("Anpassad timplan", "Adapted allocation of hours")
_TRIAL = Text("Prövning", "Trial examination")
_TERMS = {"HT": Text("Höstterminen", "Autumn term"), "VT": Text("Vårterminen", "Spring term")}
_ROLES: dict[Issuer, Text] = {
    "principal": Text("Rektor", "Principal"),
    "delegate": Text("På rektors uppdrag", "On behalf of the principal"),
}
_ISSUED = Text("Utfärdat", "Issued")
_ACCORDING = Text("Enligt", "Under")
_NUMBER = Text("Nummer", "Number")
_CHECK = Text("Kontrollera dokumentet", "Check this document")
_CHECK_WORDS = Text(
    "Läs av rutan eller skriv koden på sidan nedan. Där syns om dokumentet är äkta och om det gäller.",
    "Scan the square or type the code on the page below. It says whether the document is genuine and valid.",
)
_QR = Text(
    "QR-kod till sidan där dokumentet kontrolleras", "QR code of the page where the document is checked"
)
_TRANSLATION = "Issued in English by the school. The Swedish document is the official one."
_KINDS = {
    "decision": Text("Betyg", "Grade"),
    "correction": Text("Rättelse", "Correction"),
    "change": Text("Ändring", "Change"),
    "trial": Text("Prövning", "Trial"),
    "imported": Text("Tidigare", "Earlier"),
}
_CHOICES = {
    "languageChoice": Text("språkval", "language choice"),
    "pupilsChoice": Text("elevens val", "pupil's choice"),
}
_SCALE = Text(
    "Betygsskala: {first}–{last}. {first}–{low} är godkända betyg, {fail} är inte godkänt.",
    "Grading scale: {first}–{last}. {first}–{low} are passes, {fail} is a fail.",
)
_SCALE_WORK = Text(
    "Gymnasiearbete och komvuxarbete har betyget E, godkänt, eller F, inte godkänt.",
    "The diploma project is graded E, a pass, or F, a fail.",
)
_SCALE_WORDS = Text(
    "Betygsskala. Godkända betyg: {passed}. Inte godkänt: {failed}.",
    "Grading scale. Passes: {passed}. Not a pass: {failed}.",
)
_SCALE_PASSED = Text(
    "Betygsskala: {first}–{last}, alla godkända betyg.", "Grading scale: {first}–{last}, all of them passes."
)
_DASHED = Text(
    "Streck (–): det fanns inte underlag för ett betyg på grund av elevens frånvaro.",
    "A dash (–): absence left no basis for a grade.",
)
_LATEST = Text(
    "Betyget är det senast beslutade i varje ämne. Ett ämne som inte är avslutat läses vidare.",
    "The grade is the latest one decided in each subject. A subject that is not finished goes on.",
)
_TRIED = Text(
    "Betygen är satta efter prövning mot betygskriterierna för den högsta årskursen.",
    "The grades were set after trial examination by the criteria of the highest year.",
)
_FINAL = Text(
    "Slutbetyget motsvarar nivå {level} i Sveriges referensram för kvalifikationer (SeQF) och i den"
    " europeiska (EQF).",
    "The final grades correspond to level {level} of the Swedish (SeQF) and European (EQF) qualifications"
    " frameworks.",
)
_PROGRAMME, _AREA = Text("Program", "Programme"), Text("Studieområde", "Study area")
_DIPLOMA = Text("Examen", "Diploma")
_DIPLOMAS = {
    "vocational": Text("Yrkesexamen", "Vocational diploma"),
    "preparatory": Text("Högskoleförberedande examen", "Diploma preparing for higher education"),
}
_POINTS_IN_ALL = Text("Gymnasiepoäng", "Upper secondary credits")
_DIPLOMA_NOTE = Text(
    "Examen motsvarar nivå {level} i Sveriges referensram för kvalifikationer (SeQF) och i den europeiska"
    " (EQF).",
    "The diploma corresponds to level {level} of the Swedish (SeQF) and European (EQF) qualifications"
    " frameworks.",
)
_AGAIN = Text("Årskurs {year} gicks om läsåret {when}.", "Year {year} was repeated in {when}.")
