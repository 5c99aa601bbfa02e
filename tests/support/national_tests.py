"""National tests of a school: in the calendar, planned for a class, marked without names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.types import PersonId, UnitId, new_id
from tests.support.areas import Answer, call, deliver, outbox

if TYPE_CHECKING:
    from tests.support.schools import Schools

YEAR = SchoolYear.of(today())
LIMITS = {"A": 23, "B": 19, "C": 15, "D": 11, "E": 7}


def part(code: str, kind: str = "grade", **more: Any) -> dict[str, Any]:
    """A part that is held any day of the school year."""
    days = {"firstDay": YEAR.start.isoformat(), "lastDay": YEAR.end.isoformat()}
    return {"code": code, "name": f"Delprov {code}", "kind": kind, **days, **more}


def test_body(**more: Any) -> dict[str, Any]:
    """English of year 6: two grades and points, with a sum (at most 25)."""
    return {
        "schoolYear": str(YEAR), "schoolForm": "GR", "subject": "GRGRENG01", "name": "Engelska", "year": 6,
        "parts": [part("A"), part("B"), part("C", "points", most=15)], "combine": "sum", "limits": LIMITS,
    } | more  # fmt: skip


test_body.__test__ = False  # type: ignore[attr-defined]


def key() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def over(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def ask(
    name: str, who: PersonId, body: Any = None, *, version: int | None = None, query: Any = None, **path: str
) -> Answer:
    """Ask assessment as somebody, with a new key or over a version."""
    headers = key() if version is None else over(version)
    return call("assessment", name, who, path=path, body=body, headers=headers, query=query)


def done(answer: Answer) -> Any:
    """What was answered, when it went well."""
    assert answer.status < 300, answer.body
    return answer.body


Asking = Callable[..., Answer]


def enter(office: PersonId, asking: Asking = ask, **more: Any) -> dict[str, Any]:
    """Enter a test in the calendar."""
    entered: dict[str, Any] = done(asking("add_test", office, test_body(**more)))
    return entered


def plan(
    head: PersonId,
    unit: UnitId,
    test: str,
    group: str,
    responsible: PersonId,
    asking: Asking = ask,
    **more: Any,
) -> dict[str, Any]:
    """Plan a test of a class."""
    body = {"test": test, "group": group, "responsible": responsible} | more
    planned: dict[str, Any] = done(asking("plan_sitting", head, body, unit=unit))
    return planned


def result(pupil: str, version: int = 0, given: str | None = None, **parts: Any) -> dict[str, Any]:
    """A row of results: a grade, points, a word for why there is none, or None for taking it away."""
    return {"student": pupil, "version": version, "testGrade": given, "parts": [
        {"part": code} | _outcome(value) for code, value in parts.items()
    ]}  # fmt: skip


def _outcome(value: Any) -> dict[str, Any]:
    if value is None or value in ("didNotTakePart", "lost"):
        return {"state": value}
    return {"state": "done", ("points" if isinstance(value, int) else "grade"): value}


def save(who: PersonId, sitting: str, *rows: dict[str, Any], asking: Asking = ask) -> Answer:
    return asking("save_results", who, {"rows": list(rows)}, sitting=sitting)


def mark(who: PersonId, marking: str, marks: dict[str, Any], asking: Asking = ask) -> Answer:
    """Give papers grades or points by their codes."""
    rows = [{"code": code} | _mark(value) for code, value in marks.items()]
    return asking("save_marks", who, {"rows": rows}, marking=marking)


def _mark(value: Any) -> dict[str, Any]:
    return {"points" if isinstance(value, int) else "grade": value}


def marking(
    lead: PersonId, sitting: str, code: str, markers: Sequence[PersonId], *, begun: bool = True,
    asking: Asking = ask, **more: Any,
) -> str:  # fmt: skip
    """Let two mark a part without names; the marking's id."""
    body = {"part": code, "markers": list(markers)} | more
    id = str(done(asking("plan_marking", lead, body, sitting=sitting))["id"])
    if begun:
        done(asking("begin_marking", lead, version=1, marking=id))
    return id


def codes(who: PersonId, marking: str, asking: Asking = ask) -> list[str]:
    """The codes of a marking's papers."""
    return [row["code"] for row in done(asking("read_marking", who, marking=marking))["rows"]]


def tested(s: Schools) -> dict[str, str]:
    """The class's test with a part that is to be labelled, one that is being marked, and one that is marked;
    a file of results that has been asked for, an exemption. Ids by what they are.
    """
    office, head, responsible = (s.people[who] for who in ("administrator", "principal", "teacher"))
    markers = [s.people["other teacher"], s.people["other mentor"]]
    test = enter(office, parts=[part(code) for code in "ABCDE"], combine="given", limits=None)
    fifth = [{"student": pupil, "why": "taughtInTheYear"} for pupil in s.home.klass.pupil_ids]
    more: Any = {"outsideTheYear": fifth}
    sitting = plan(head, s.home.unit, test["id"], s.home.klass.id, responsible, **more)["id"]
    labelled = marking(responsible, sitting, "A", markers, begun=False)
    begun, ready = (marking(responsible, sitting, code, markers) for code in "BC")
    papers = codes(markers[0], ready)
    for marker in markers:
        done(mark(marker, ready, dict.fromkeys(papers, "C")))
    export = done(ask("export_test_results", head, {}, unit=s.home.unit))["id"]
    facts = [fact for fact in outbox("assessment") if fact["type"] == "assessment.TestExportAsked.v1"]
    assert deliver("assessment", "write_test_export", *facts) == []
    done(ask("decide_exemption", head, exemption(test["id"], "E"), pupil=s.pupil.id))
    return {
        "test": test["id"], "sitting": sitting, "labelled": labelled, "marking": begun,
        "marked": ready, "paper": codes(markers[0], begun)[0], "test export": export,
    }  # fmt: skip


def exemption(test: str, *parts: str, **more: str) -> dict[str, Any]:
    """A decision to exempt somebody."""
    return {
        "test": test, "parts": list(parts), "ruling": "exempt", "ground": "newlyArrived",
        "motivation": "Började läsa svenska i oktober.",
    } | more  # fmt: skip
