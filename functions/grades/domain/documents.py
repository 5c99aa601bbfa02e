"""Grade documents (betygsdokument): what a pupil gets on paper of the catalogue, which entries it rests on,
who may issue it, and how one replaces another (skolförordningen 6:11–18; skollagen 3:19–20, 16:25–28).

A document is a record that is never taken away: issued, then perhaps replaced by another or revoked. Its file
goes with that, since a wrong one is to be destroyed if possible (skollagen 3:19).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from functions.grades.domain.catalogue import Entry, Term, standing
from functions.grades.domain.periods import Period
from functions.grades.domain.scales import BY_ID
from skolkit.errors import DomainError, Text
from skolkit.sweden.codes import SchoolForm
from skolkit.sweden.school_forms import FORMS
from skolkit.types import PersonId, UnitId

DocumentKind = Literal[
    "termGrades", "finalGrades", "leavingCertificate", "diploma", "studyCertificate",
    "introductionCertificate", "collectedGrades", "catalogueExtract", "trialGrades",
]  # fmt: skip
Language = Literal["sv", "en"]
State = Literal["issued", "replaced", "revoked"]
Issuer = Literal["principal", "delegate"]
Revocation = Literal["issuedInError", "wrongPerson", "lostControl"]

_F = SchoolForm
_SCHOOL = frozenset({_F.COMPULSORY, _F.ADAPTED_COMPULSORY, _F.SPECIAL, _F.SAMI})
_ANY = frozenset(form for form, use in FORMS.items() if use.graded)
_BY_COURSE = _ANY - _SCHOOL
_GYMNASIUM = frozenset({_F.UPPER_SECONDARY})
ADULT = frozenset(
    {
        _F.ADULT, _F.ADULT_BASIC, _F.ADULT_UPPER_SECONDARY, _F.ADULT_SWEDISH, _F.ADAPTED_ADULT_BASIC,
        _F.ADAPTED_ADULT_UPPER_SECONDARY,
    }
)  # fmt: skip
"""The forms of municipal adult education (komvux)."""


class WrongForm(DomainError):
    """Each document belongs to some school forms."""

    status = 422
    reason = Text("Dokumentet finns inte i skolformen.", "The school form has no such document.")
    advice = Text("Välj ett dokument som hör till skolformen.", "Choose one that belongs to the form.")
    law = "skolförordningen 6:11–18"


class NoFinalGrades(DomainError):
    """Adult education issues no slutbetyg any more: the last day under older rules was 1 July 2025; of basic
    level there has been none since 2012 [M].
    """

    status = 422
    reason = Text("Komvux utfärdar inte slutbetyg.", "Adult education issues no final grades.")
    advice = Text(
        "Utfärda utdrag ur betygskatalogen, eller examensbevis på gymnasial nivå.",
        "Issue an extract from the catalogue, or a diploma at upper secondary level.",
    )
    law = "förordningen (2011:1108) om vuxenutbildning, övergångsbestämmelserna 4 (SFS 2021:244)"


class PeriodNeeded(DomainError):
    """A terminsbetyg is a term's."""

    status = 422
    reason = Text("Terminsbetyg utfärdas för en betygsperiod.", "Term grades are issued for a period.")
    advice = Text("Ange betygsperioden.", "Give the grading period.")
    law = "skolförordningen 6:11"


class PeriodUnfit(DomainError):
    """The period is of another unit, or the document is of no period."""

    status = 422
    reason = Text("Betygsperioden hör inte till dokumentet.", "The period does not belong to the document.")
    advice = Text("Ange en av enhetens perioder, eller ingen.", "Give one of the unit's periods, or none.")


class NoGrades(DomainError):
    """A document is about something: of a slutbetyg finished subjects."""

    reason = Text("Det finns inga betyg att skriva ut.", "There are no grades to put in the document.")
    advice = Text(
        "Sätt betyg först; i ett slutbetyg tas bara avslutade ämnen med.",
        "Set grades first; final grades hold finished subjects alone.",
    )
    law = "skolförordningen 6:11, 6:14"


class SchoolingGoesOn(DomainError):
    """A slutbetyg is issued when the highest year is finished or compulsory schooling ends."""

    reason = Text(
        "Eleven har inte gått ut högsta årskursen och har skolplikt kvar.",
        "The pupil has not finished the highest year and is still of compulsory school age.",
    )
    advice = Text(
        "Utfärda slutbetyg vid vårterminens slut, eller avgångsintyg om eleven slutar före det.",
        "Issue it at the end of the spring term, or a leaving certificate for who leaves before that.",
    )
    law = "skolförordningen 6:14, skollagen 7:12"


class InPersonOnly(DomainError):
    """What the principal may not delegate, the principal does (skolförordningen 6:14)."""

    status = 403
    reason = Text("Bara rektor får utfärda dokumentet.", "Only the principal may issue the document.")
    advice = Text("Be rektor utfärda det; det går inte att delegera.", "Ask the principal; not delegable.")
    law = "skolförordningen 6:14"


class StillAtSchool(DomainError):
    """An avgångsintyg is for who leaves without a slutbetyg."""

    reason = Text("Eleven går kvar i skolan.", "The pupil is still at the school.")
    advice = Text("Registrera att eleven slutar först.", "Register first that the pupil leaves.")
    law = "skolförordningen 6:17"


class HoursMissing(DomainError):
    """An avgångsintyg says how much teaching the pupil has been offered, which the school knows."""

    status = 422
    reason = Text("Den erbjudna undervisningstiden saknas.", "The teaching time offered is missing.")
    advice = Text("Ange den i timmar.", "Give it in hours.")
    law = "skolförordningen 6:17"


class NotIssued(DomainError):
    """What has been replaced or revoked has no file and does not change again."""

    status = 410
    reason = Text("Dokumentet är ersatt eller återkallat.", "The document has been replaced or revoked.")
    advice = Text("Hämta det dokument som gäller.", "Fetch the one that holds.")
    law = "skollagen 3:19"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A sort of document. `in_person`: the principal may not delegate it; `of_period`: it belongs to a term;
    `at_end`: it may be shown when a period's grades are; `one`: a new one takes the place of the one before,
    while of others each holds for its own day. `adult_law` and `upper_law`: in adult education and in upper
    secondary school where another ordinance says it.
    """

    title: Text
    prefix: str
    forms: Collection[SchoolForm]
    law: str
    in_person: bool = False
    of_period: bool = False
    at_end: bool = False
    one: bool = True
    adult_law: str = ""
    upper_law: str = ""


KINDS: dict[DocumentKind, Kind] = {
    "termGrades": Kind(
        title=Text("Terminsbetyg", "Term grades"), prefix="TB", forms=_SCHOOL, of_period=True,
        law="skolförordningen (2011:185) 6 kap. 11 §",
    ),
    "finalGrades": Kind(
        title=Text("Slutbetyg", "Final grades"), prefix="SB", forms=_SCHOOL, in_person=True,
        at_end=True, law="skolförordningen (2011:185) 6 kap. 14–16 §§",
    ),
    "leavingCertificate": Kind(
        title=Text("Avgångsintyg", "Leaving certificate"), prefix="AI", forms=_SCHOOL,
        law="skolförordningen (2011:185) 6 kap. 17–18 §§",
    ),
    "diploma": Kind(
        title=Text("Examensbevis", "Upper secondary diploma"), prefix="EB",
        forms=_GYMNASIUM | {_F.ADULT_UPPER_SECONDARY}, in_person=True, at_end=True,
        law="skollagen (2010:800) 16 kap. 26–28 §§",
        adult_law="förordningen (2011:1108) om vuxenutbildning 4 kap. 13–15 b §§",
    ),
    "studyCertificate": Kind(
        title=Text("Studiebevis", "Certificate of studies"), prefix="ST", forms=_GYMNASIUM, in_person=True,
        at_end=True, law="gymnasieförordningen (2010:2039) 8 kap.",
    ),
    "introductionCertificate": Kind(
        title=Text("Gymnasieintyg", "Certificate of introductory studies"), prefix="GI", forms=_GYMNASIUM,
        in_person=True, law="gymnasieförordningen (2010:2039) 8 kap.",
    ),
    "collectedGrades": Kind(
        title=Text("Samlat betygsdokument", "Collected grades"), prefix="SD", forms=_BY_COURSE,
        law="skollagen (2010:800) 15 kap.",
        adult_law="förordningen (2002:1012) om kommunal vuxenutbildning 4 kap. 8 §",
    ),
    "catalogueExtract": Kind(
        title=Text("Utdrag ur betygskatalogen", "Extract from the catalogue of grades"), prefix="UT",
        forms=_ANY, law="skolförordningen (2011:185) 6 kap. 10 §", one=False,
        upper_law="gymnasieförordningen (2010:2039) 8 kap.",
        adult_law="förordningen (2011:1108) om vuxenutbildning 4 kap. 11–12 §§",
    ),
    "trialGrades": Kind(
        title=Text("Betyg efter prövning", "Grades after trial examination"), prefix="PB",
        forms=frozenset({_F.COMPULSORY, _F.SPECIAL}),
        law="skollagen (2010:800) 10 kap. 23 § och Skolverkets föreskrifter (SKOLFS 2016:16)",
    ),
}  # fmt: skip
"""That the principal may not delegate is said of slutbetyg (skolförordningen 6:14); of the documents that end
upper secondary school it is [PROPOSED].
"""


def law_of(kind: DocumentKind, form: SchoolForm) -> str:
    """What a document of a form rests on."""
    rule = KINDS[kind]
    own = rule.adult_law if form in ADULT else rule.upper_law if form not in _SCHOOL else ""
    return own or rule.law


SEQF = {form: 1 if form == _F.ADAPTED_COMPULSORY else 2 for form in _SCHOOL}
"""The level of a slutbetyg in Sveriges referensram för kvalifikationer (skolförordningen 6:15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that has been issued. `entries` are ids and digests of what it rests on; `number` is for
    people to refer to; `code` the SHA-256 of the check code; `sha256` the file's; `by` and `role` who issued
    it; `period` whose publication shows it to the home; `stale` the entry that has been replaced since;
    `fingerprint` what the paper shows, readable with its code alone.
    """

    id: str
    pupil: PersonId
    kind: DocumentKind
    language: Language
    form: SchoolForm
    unit: UnitId
    unit_name: str
    at: datetime
    by: PersonId
    role: Issuer
    number: str
    entries: tuple[tuple[str, str], ...]
    code: str
    sha256: str
    fingerprint: str
    period: str | None = None
    state: State = "issued"
    ended: datetime | None = None
    ended_by: str = ""
    stale: str | None = None
    version: int | None = None

    @property
    def series(self) -> tuple[object, ...]:
        """What a document and the one that replaces it have in common."""
        period = self.period if KINDS[self.kind].of_period else None
        return self.kind, self.language, self.form, period


def number_of(kind: DocumentKind, id: str, day: date) -> str:
    """A number for people.

    >>> number_of("termGrades", "0198c2a4-0000-7000-8000-00005f3a9c21", date(2026, 12, 18))
    'TB-20261218-5F3A9C21'
    """
    return f"{KINDS[kind].prefix}-{day:%Y%m%d}-{id[-8:].upper()}"


def basis(entries: Iterable[Entry]) -> tuple[tuple[str, str], ...]:
    """The ids and digests of what a document rests on."""
    return tuple((entry.id, entry.digest) for entry in entries)


def check_kind(kind: DocumentKind, form: SchoolForm, period: Period | None, unit: UnitId) -> None:
    """Raises `WrongForm`, `NoFinalGrades`, `PeriodNeeded` or `PeriodUnfit`."""
    rule = KINDS[kind]
    if kind == "finalGrades" and form in ADULT:
        raise NoFinalGrades(field="kind", value=kind)
    if form not in rule.forms:
        raise WrongForm(field="kind", value=kind)
    if rule.of_period and period is None:
        raise PeriodNeeded(field="period")
    fits = rule.of_period or rule.at_end
    if period and (period.unit != unit or period.form != form or not fits):
        raise PeriodUnfit(field="period")


_TERMS: dict[Term, int] = {"HT": 0, "VT": 1}


def until(entries: Sequence[Entry], school_year: str, term: Term) -> list[Entry]:
    """A pupil's entries of the terms up to one, with what has corrected or changed them since."""
    last = (school_year, _TERMS[term])
    known: dict[str, Entry] = {}
    for entry in entries:
        if (entry.school_year, _TERMS[entry.term]) <= last or entry.replaces in known:
            known[entry.id] = entry
    return list(known.values())


def content_of(
    kind: DocumentKind, form: SchoolForm, entries: Sequence[Entry], period: Period | None
) -> list[Entry]:
    """The entries that a document shows, in the order of the paper: for a terminsbetyg the latest decision of
    each subject at the term's end, for a slutbetyg those of finished subjects, after trials what they came
    to, for an extract every decision. In adult education an extract holds what is graded by the rules since
    2012, and a samlat betygsdokument what was graded before. Raises `NoGrades`.
    """
    mine = [entry for entry in entries if entry.subject.form == form and _fits(kind, entry)]
    if kind == "catalogueExtract":
        shown = sorted(mine, key=lambda e: (e.at, e.number))
    else:
        known = until(mine, period.school_year, period.term) if period else mine
        stands = standing(known).values()
        shown = sorted(
            (e for e in stands if kind != "finalGrades" or e.finished),
            key=lambda e: (e.subject.work, e.subject.name, e.subject.key),
        )
    if not shown:
        raise NoGrades(field="kind", value=kind)
    return shown


def _fits(kind: DocumentKind, entry: Entry) -> bool:
    if kind == "trialGrades":
        return entry.trial
    if entry.subject.form in ADULT and kind in ("collectedGrades", "catalogueExtract"):
        return (BY_ID[entry.scale].valid_to is None) == (kind == "catalogueExtract")
    return True


def check_final(
    form: SchoolForm, year: int | None, born: date, period: Period | None, day: date, *, ended: bool
) -> None:
    """Whether a slutbetyg is due: the pupil's `year` is finished in the period, has `ended`, or compulsory
    schooling is over, at the end of the tenth spring, in the year of the sixteenth birthday (skollagen 7:10,
    7:12). Raises `SchoolingGoesOn`.
    """
    years = FORMS[form].years
    highest = years is not None and year == years[1]
    if highest and (ended or (period is not None and period.finishes(year))):
        return
    if day < date(born.year + 16, 6, 1):
        raise SchoolingGoesOn(field="kind", value="finalGrades")


def required_role(kind: DocumentKind, *, in_person: bool) -> Issuer:
    """As what somebody who may issue for the unit does it: the principal, or by delegation where the
    principal may delegate. Raises `InPersonOnly`.
    """
    if KINDS[kind].in_person and not in_person:
        raise InPersonOnly(field="kind", value=kind)
    return "principal" if in_person else "delegate"


def check_leaving(hours: int | None, *, open_there: bool) -> None:
    """Whether an avgångsintyg may be issued: the pupil leaves the unit, and how many hours of teaching have
    been offered is known. Raises `StillAtSchool`, `HoursMissing`.
    """
    if open_there:
        raise StillAtSchool(field="kind", value="leavingCertificate")
    if hours is None:
        raise HoursMissing(field="offeredHours")


def standing_one(known: Iterable[Document], new: Document) -> Document | None:
    """The document that says the same as a new one would: nothing is to be issued then."""
    return next(
        (
            one
            for one in known
            if one.state == "issued" and one.series == new.series and not one.stale
            and one.entries == new.entries and KINDS[one.kind].one
        ),
        None,
    )  # fmt: skip


def replaced_by(known: Iterable[Document], new: Document) -> list[Document]:
    """The documents that a new one takes the place of, as they are from then on: those of its series, of an
    extract only what does not hold any more.
    """
    return [
        replace(one, state="replaced", ended=new.at, ended_by=new.id, stale=None)
        for one in known
        if one.state == "issued" and one.series == new.series and (KINDS[one.kind].one or one.stale)
    ]


def revoked(document: Document, reason: Revocation, now: datetime) -> Document:
    """The document revoked. Raises `NotIssued`."""
    if document.state != "issued":
        raise NotIssued(field="document", value=document.id)
    return replace(document, state="revoked", ended=now, ended_by=reason, stale=None)


def outdated(known: Iterable[Document], replaced_entry: str) -> list[Document]:
    """The documents to be replaced because an entry they rest on has been (skollagen 3:19–20)."""
    return [
        replace(one, stale=replaced_entry)
        for one in known
        if one.state == "issued" and not one.stale and any(id == replaced_entry for id, _ in one.entries)
    ]
