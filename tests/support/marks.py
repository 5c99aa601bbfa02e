"""Grades to calculate with, as short as a certificate says them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from functions.grades.domain.marks import Mark
from functions.grades.domain.prognosis import ORDINARY
from functions.grades.domain.scales import BY_ID
from skolkit.sweden.codes import SchoolForm

LETTERS = "ABCDEF"


def mark(code: str, value: str, **more: Any) -> Mark:
    """A grade of grundskola, in designations: `mark("M", "C", language="spa", choice="languageChoice")`."""
    worth = BY_ID["gr-2011"].worth(value)
    said: dict[str, Any] = {
        "key": ":".join(filter(None, (code, more.get("language"), more.get("choice")))), "code": code,
        "name": code, "form": SchoolForm.COMPULSORY, "value": value, "scale": "gr-2011",
        "points": worth.points, "passed": worth.passed, "finished": True,
    }  # fmt: skip
    return Mark(**said | more)


def course(code: str, value: str, size: int | None = 100, **more: Any) -> Mark:
    """A grade of upper secondary school in a course or level."""
    scale = "gy-arbete-2011" if more.get("work") else "gy-2011"
    return mark(
        code, value, form=SchoolForm.UPPER_SECONDARY, scale=scale, size=size, **more | worth(scale, value)
    )


def worth(scale: str, value: str) -> dict[str, Any]:
    """What a value is worth, as fields of a mark."""
    found = BY_ID[scale].worth(value)
    return {"points": found.points, "passed": found.passed}


def valued(one: Mark, value: str) -> Mark:
    """The same with another value."""
    return replace(one, value=value, **worth(one.scale, value))


def year_nine(values: str = "E" * 16, language: str | None = None) -> list[Mark]:
    """Sixteen subjects with one value each, in the order of `ORDINARY`, and the language choice."""
    found = [mark(code, value) for code, value in zip(ORDINARY, values, strict=True)]
    return found + ([spanish(language)] if language else [])


def spanish(value: str, **more: Any) -> Mark:
    """Spanish as language choice (M2SPA)."""
    return mark("M", value, language="spa", choice="languageChoice", **more)


SPECS = [
    *((code, None, None) for code in (*ORDINARY, "SVA", "DA", "NO", "SO")),
    ("M", "spa", "languageChoice"), ("M", "deu", "languageChoice"), ("M", "fra", "pupilsChoice"),
    ("ML", "ara", None), ("TN", None, "languageChoice"),
]  # fmt: skip
"""Subjects that a pupil may have grades in; all of them nobody has."""


@st.composite
def pupils(draw: st.DrawFn, values: str = "ABCDEF-") -> list[Mark]:
    """Any grades of a pupil of compulsory school, finished or not, in any order."""
    chosen = draw(st.lists(st.sampled_from(SPECS), unique=True, max_size=20))
    found = [
        mark(
            code, draw(st.sampled_from(values)), language=language, choice=choice,
            finished=draw(st.booleans()), place=place,
        )
        for place, (code, language, choice) in enumerate(chosen)
    ]  # fmt: skip
    return draw(st.permutations(found))


@st.composite
def raised(draw: st.DrawFn, values: str = "ABCDEF") -> tuple[list[Mark], list[Mark]]:
    """Any grades, and the same with one of them raised."""
    before = draw(pupils(values).filter(lambda own: any(one.value > "A" for one in own)))
    place = draw(st.sampled_from([n for n, one in enumerate(before) if one.value > "A"]))
    better = draw(st.sampled_from([v for v in LETTERS if v < before[place].value]))
    return before, [valued(one, better) if n == place else one for n, one in enumerate(before)]
