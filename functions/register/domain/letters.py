"""The text of notices and of the summary of a hand-over, in Swedish: plain text, and HTML of the same rows.

A letter about somebody with protected identity names nobody: the recipient asks the school, which can see who
is asking (skolan lämnar uppgifterna på säkert sätt).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from functions.register.domain.certificate import LeavingCertificate
from functions.register.domain.enrolment import LeavingReason
from functions.register.domain.notices import Notice, Purpose
from functions.register.domain.people import PersonCard
from skolkit.sweden.codes import SchoolForm

FORMS = {
    SchoolForm.PRESCHOOL_CLASS: "förskoleklass",
    SchoolForm.AFTER_SCHOOL_CENTRE: "fritidshem",
    SchoolForm.OPEN_LEISURE: "öppen fritidsverksamhet",
    SchoolForm.COMPULSORY: "grundskola",
    SchoolForm.ADAPTED_COMPULSORY: "anpassad grundskola",
    SchoolForm.SPECIAL: "specialskola",
    SchoolForm.SAMI: "sameskola",
    SchoolForm.UPPER_SECONDARY: "gymnasieskola",
    SchoolForm.ADAPTED_UPPER_SECONDARY: "anpassad gymnasieskola",
    SchoolForm.ADULT: "kommunal vuxenutbildning",
}
REASONS: dict[LeavingReason, str] = {
    "continues": "fortsätter",
    "changedUnit": "byte av skolenhet",
    "otherMunicipality": "skola i annan kommun",
    "independentSchool": "fristående skola",
    "abroad": "flytt utomlands",
    "finished": "avslutad utbildning",
    "otherForm": "annan skolform",
    "leftEarly": "avbruten utbildning",
    "deceased": "avliden",
    "other": "annat skäl",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: a heading, paragraphs and rows of label and value."""

    heading: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """As plain text."""
        rows = "\n".join(f"{label}: {value}" for label, value in self.rows)
        return "\n\n".join((self.heading, *self.paragraphs, rows)) + "\n"

    def html(self) -> str:
        """As a page of its own that prints and that a screen reader reads."""
        paragraphs = "".join(f"<p>{escape(text)}</p>\n" for text in self.paragraphs)
        rows = "".join(
            f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>\n'
            for label, value in self.rows
        )
        return (
            '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{escape(self.heading)}</title>\n"
            "<style>body{font:1rem/1.5 sans-serif;max-width:42rem;margin:2rem auto}"
            "th{text-align:left;padding-right:1rem;vertical-align:top}</style>\n</head>\n<body>\n"
            f"<h1>{escape(self.heading)}</h1>\n{paragraphs}<table>\n{rows}</table>\n</body>\n</html>\n"
        )


def pupil_rows(card: PersonCard) -> list[tuple[str, str]]:
    """Who the pupil is, as a recipient outside the municipality may read it."""
    if card.protected:
        return [("Elev", "har skyddade personuppgifter; kontakta skolan")]
    name = " ".join(filter(None, (card.given_name, card.middle_name, card.family_name)))
    return [("Elev", name), ("Personnummer", card.civic_no or f"saknas, född {card.birth_date}")]


def notice_letter(
    notice: Notice, card: PersonCard, unit: str, part: LeavingCertificate | None, reason: LeavingReason | None
) -> Letter:
    """The letter of a notice; `unit` is the unit's name and code. With a certificate for the home and the
    next organiser of somebody who left.
    """
    what, first = _WHAT[notice.purpose]
    rows = [
        *pupil_rows(card),
        ("Skolenhet", unit),
        ("Skolform", FORMS[notice.school_form]),
        *([("Årskurs", str(notice.year))] if notice.year is not None else []),
        (first, notice.day.isoformat()),
        *([("Skäl", REASONS[reason])] if reason else []),
        ("Referens", notice.id),
    ]
    law = f"Underrättelsen lämnas enligt {notice.law}."
    if notice.recipient == "homeMunicipality":
        return Letter(f"Underrättelse till hemkommunen: {what}", (law, _ASK), tuple(rows))
    heading = "Avgångsintyg" if notice.recipient == "home" else "Uppgifter till nästa huvudman"
    rows += certificate_rows(part) if part else []
    return Letter(heading, (law, _PARTS), tuple(rows))


_WHAT: dict[Purpose, tuple[str, str]] = {
    "started": ("elev har börjat", "Första dag"),
    "left": ("elev har slutat", "Sista dag"),
    "absenceInquiry": ("elevs frånvaro utreds", "Utredningen inleddes"),
}
_ASK = "Bekräfta att underrättelsen har kommit fram. Ange referensen."
_PARTS = (
    "Här står elevregistrets del: årskurs, tid vid skolan och årskurser som har gjorts om. Lästa ämnen, "
    "senaste betyg och erbjuden undervisningstid lämnas av skolan."
)


def certificate_rows(part: LeavingCertificate) -> list[tuple[str, str]]:
    """The register's part of a leaving certificate."""
    rows = [("Tid vid skolan", f"{stay.start} – {stay.end or part.last_day}") for stay in part.stays]
    return [
        ("Årskurs som lämnas", "–" if part.year_left is None else str(part.year_left)),
        *rows,
        *(
            ("Årskurs som gjorts om", f"årskurs {year}, läsåret {school_year}")
            for year, school_year in part.repeated
        ),
    ]


def summary(
    card: PersonCard, unit: str, part: LeavingCertificate, files: Sequence[tuple[str, str]]
) -> Letter:
    """The readable summary of a hand-over package: what is in it, with the files' SHA-256."""
    rows = [
        *pupil_rows(card),
        ("Skolenhet", unit),
        *certificate_rows(part),
        ("Ingår inte", "lästa ämnen, senaste betyg, erbjuden undervisningstid, stöd och omdömen"),
        *((f"SHA-256 för {name}", digest) for name, digest in files),
    ]
    return Letter("Överlämning av elevuppgifter", ("Elevregistrets del av överlämningen.",), tuple(rows))
