"""A matrix of criteria, and what has been seen of pupils against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.national_tests import ask, done

if TYPE_CHECKING:
    from tests.support.schools import Schools

LEVELS = ["Inte ännu", "Nästan", "Ja", "Mer än väl"]


def matrix_body(syllabus: str, **more: Any) -> dict[str, Any]:
    """Two criteria, whose goals are reached at the third of four levels."""
    criteria = [
        {"code": code, "text": f"Kriterium {code}", "levels": LEVELS, "goal": 2} for code in ("K1", "K2")
    ]
    return {"syllabus": syllabus, "title": "Resonera", "criteria": criteria} | more


def seen(pupil: str, criterion: str = "K1", level: int = 2, text: str = "") -> dict[str, Any]:
    """A row of observations."""
    return {"student": pupil, "criterion": criterion, "level": level, "text": text}


def tracked(s: Schools) -> dict[str, str]:
    """A matrix of the class's teacher, the pupil seen once, and homes that are shown it."""
    teacher, group = s.people["teacher"], s.home.klass.id
    matrix = done(ask("add_matrix", teacher, matrix_body(s.made["syllabus"]), group=group))["id"]
    done(ask("observe", teacher, {"matrix": matrix, "rows": [seen(s.pupil.id)]}, group=group))
    show = {"showPupils": True, "showGuardians": True}
    done(ask("change_tracking_settings", s.people["principal"], show, version=0, unit=s.home.unit))
    return {"matrix": matrix}
