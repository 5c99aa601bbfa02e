"""National tests and formative tracking in a register extract: what came of a pupil's tests, what was decided
and seen, which test groups somebody writes in or is responsible for, and what a teacher has marked.

Whose a paper is that is being marked without names is not told before its key is opened: else a marker could
learn it by asking for the extract of somebody they have custody of.
"""

from __future__ import annotations

from functions.assessment.domain.marking import Marking, Paper
from functions.assessment.domain.national_tests import Outcome
from functions.assessment.domain.sittings import Sitting
from functions.assessment.store import AssessmentItem, matrices
from functions.assessment.store import marking as marking_store
from functions.assessment.store import sittings as store
from skolkit.clock import stamp
from skolkit.extracts import Section, Value, section
from skolkit.types import PersonId

_TEST = {"year": ("Läsår", "School year"), "test": ("Prov", "Test")}
_MARKS = {
    **_TEST, "part": ("Delprov", "Part"), "code": ("Kod", "Code"), "marks": ("Bedömningar", "Marks"),
    "settled": ("Resultat", "Result"),
}  # fmt: skip


def gather(person: PersonId) -> list[Section]:
    """A query for the person's rows, five for lists, and one or two per marking."""
    rows = list(AssessmentItem.query(f"PUPIL#{person}", consistent_read=True))
    writes, held = store.sittings_of(person)
    return [
        _results(rows), _exemptions(rows), _sittings(writes, person, "skriver"),
        _sittings(held, person, "ansvarar"), _papers(writes, person), _marked(person),
        _observations(rows), _risks(rows),
    ]  # fmt: skip


def _results(rows: list[AssessmentItem]) -> Section:
    found = [store.result_of(row) for row in rows if isinstance(row, store.ResultItem)]
    return section(
        "assessment.test_result", "Resultat på nationella prov", "Results of national tests",
        {**_TEST, "parts": ("Delprov", "Parts"), "grade": ("Provbetyg", "Test grade"),
         "at": ("Rapporterat", "Reported")},
        [
            [
                str(one.paper.school_year), one.paper.name,
                ", ".join(f"{code}: {_said(outcome)}" for code, outcome in sorted(one.parts.items())),
                one.grade, stamp(one.at) if one.at else None,
            ]
            for one in found
        ],
    )  # fmt: skip


def _said(one: Outcome) -> str:
    return one.grade or (str(one.points) if one.points is not None else one.state)


def _exemptions(rows: list[AssessmentItem]) -> Section:
    found = [store.exemption_of(row) for row in rows if isinstance(row, store.ExemptionItem)]
    return section(
        "assessment.exemption", "Befrielse från nationella prov", "Exemption from national tests",
        {
            "test": ("Prov-id", "Test id"), "parts": ("Delprov", "Parts"), "ruling": ("Beslut", "Decision"),
            "ground": ("Skäl", "Ground"), "motivation": ("Motivering", "Reasons"),
            "at": ("Beslutat", "Decided"), "role": ("Beslutat av", "Decided by"),
        },
        [
            [e.test, ", ".join(e.parts), e.ruling, e.ground, e.motivation, stamp(e.at), e.role]
            for e in found
        ],
    )  # fmt: skip


def _observations(rows: list[AssessmentItem]) -> Section:
    found = [matrices.observation_of(row) for row in rows if isinstance(row, matrices.ObservationItem)]
    known = matrices.matrices(list(dict.fromkeys(one.matrix for one in found)))
    return section(
        "assessment.observation", "Formativ uppföljning", "Formative tracking",
        {
            "matrix": ("Matris", "Matrix"), "criterion": ("Kriterium", "Criterion"),
            "level": ("Nivå", "Level"), "text": ("Iakttagelse", "Observation"), "at": ("När", "When"),
        },
        [
            [
                known[one.matrix].title if one.matrix in known else one.matrix, one.criterion, one.level,
                one.text, stamp(one.at),
            ]
            for one in found
        ],
    )  # fmt: skip


def _risks(rows: list[AssessmentItem]) -> Section:
    return section(
        "assessment.observation", "Mål som riskerar att inte nås", "Goals at risk",
        {"term": ("Termin och ämne", "Term and subject"), "reason": ("Varför", "Why"), "at": ("När", "When")},
        [
            [row.sk.removeprefix("RISK#"), row.reason, row.at]
            for row in rows if isinstance(row, matrices.RiskItem)
        ],
    )  # fmt: skip


def _sittings(found: list[Sitting], person: PersonId, part: str) -> Section:
    return section(
        "assessment.test_group", f"Provgrupper där personen {part}",
        "Test groups in which the person writes" if part == "skriver" else "Test groups of the person",
        {**_TEST, "group": ("Grupp", "Group"), "special": ("Något anpassas", "Something is adapted"),
         "outside": ("Annan årskurs", "Another year")},
        [
            [
                str(one.paper.school_year), one.paper.name, one.group,
                "ja" if person in one.special else "nej",
                one.admitted[person].why if person in one.admitted else None,
            ]
            for one in found
        ],
    )  # fmt: skip


def _papers(writes: list[Sitting], person: PersonId) -> Section:
    """The pupil's own papers that were marked without names, when their keys have been opened."""
    rows: list[list[Value]] = []
    for sitting in writes:
        for part, sealed in sorted(sitting.sealed.items()):
            if not sealed.opened:
                continue
            mine = {code for code, pupil in marking_store.key(sealed.marking).items() if pupil == person}
            rows += [
                [str(sitting.paper.school_year), sitting.paper.name, part, *_paper(paper)]
                for paper in marking_store.papers_of(sealed.marking) if paper.code in mine
            ]  # fmt: skip
    return section(
        "assessment.test_group", "Prov som bedömts utan namn", "Papers marked without names", _MARKS, rows
    )


def _paper(paper: Paper) -> list[Value]:
    marks = ", ".join(_said(mark.outcome) for mark in paper.marks)
    return [paper.code, marks, _said(paper.settled) if paper.settled else None]


def _marked(person: PersonId) -> Section:
    """What a teacher has given, by code."""
    rows = [
        [str(one.part.last), one.name, one.part.code, paper.code, _own(paper, person), None]
        for one in marking_store.marked_by(person) for paper in _of(one, person)
    ]  # fmt: skip
    return section(
        "assessment.test_group", "Prov som personen bedömt utan namn", "Papers the person has marked",
        _MARKS, rows,
    )  # fmt: skip


def _of(one: Marking, person: PersonId) -> list[Paper]:
    return [paper for paper in marking_store.papers_of(one.id) if paper.latest(person)]


def _own(paper: Paper, person: PersonId) -> str:
    return ", ".join(_said(mark.outcome) for mark in paper.marks if mark.by == person)
