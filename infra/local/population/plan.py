"""What a week at school consists of at each stage: subjects, lesson times and who can teach what.

Subject codes are those of the grade catalogue, language codes ISO 639-2; numbers of lessons are roughly a
week of the timplan. One full week fills exactly the lesson times of its stage.
"""

from __future__ import annotations

from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "FKLASS": "Förskoleklass",
    "SV": "Svenska",
    "MA": "Matematik",
    "EN": "Engelska",
    "NO": "Naturorienterande ämnen",
    "SO": "Samhällsorienterande ämnen",
    "BI": "Biologi",
    "FY": "Fysik",
    "KE": "Kemi",
    "TK": "Teknik",
    "HI": "Historia",
    "GE": "Geografi",
    "RE": "Religionskunskap",
    "SH": "Samhällskunskap",
    "BL": "Bild",
    "MU": "Musik",
    "IDH": "Idrott och hälsa",
    "SL": "Slöjd",
    "HKK": "Hem- och konsumentkunskap",
    "M2SPA": "Spanska (språkval)",
    "M2DEU": "Tyska (språkval)",
    "M2FRA": "Franska (språkval)",
}
LANGUAGES: Mapping[str, int] = {"M2SPA": 5, "M2DEU": 3, "M2FRA": 2}
"""Language choices and how often they are made."""

STAGES: Mapping[str, range] = {"F": range(1), "L": range(1, 4), "M": range(4, 7), "H": range(7, 11)}
"""Förskoleklass, låg-, mellan- and högstadiet; year 10 exists in specialskolan."""

LANGUAGE_LESSONS: Mapping[int, int] = {6: 2, 7: 3, 8: 3, 9: 3}
"""Year → lessons a week in which its language groups meet."""

_MIDDLE = {"SV": 7, "MA": 5, "EN": 3, "NO": 3, "SO": 3, "TK": 1, "BL": 1, "MU": 2, "IDH": 3, "SL": 2}
_YEAR_6 = {
    "SV": 6,
    "MA": 5,
    "EN": 3,
    "NO": 3,
    "SO": 3,
    "TK": 1,
    "BL": 1,
    "MU": 1,
    "IDH": 2,
    "SL": 2,
    "HKK": 1,
}
_HIGH = {"SV": 5, "MA": 4, "EN": 3, "TK": 1, "BL": 1, "MU": 1, "IDH": 2, "SL": 2, "HKK": 1}
_HIGH |= dict.fromkeys(("BI", "FY", "KE", "HI", "GE", "RE", "SH"), 1)
_LOW = {"SV": 9, "MA": 6, "EN": 1, "NO": 2, "SO": 2, "BL": 1, "MU": 1, "IDH": 2, "SL": 1}

Times = tuple[tuple[str, int], ...]
TIMES: Mapping[str, Times] = {
    "F": (("08:10", 60), ("09:30", 50), ("11:00", 50), ("12:10", 50)),
    "L": (("08:10", 50), ("09:20", 60), ("10:30", 40), ("11:50", 50), ("12:50", 50)),
    "M": (("08:10", 50), ("09:10", 50), ("10:15", 60), ("11:55", 50), ("12:50", 50), ("13:50", 40)),
    "H": (("08:10", 60), ("09:20", 60), ("10:30", 50), ("12:00", 50), ("12:55", 50), ("13:50", 40)),
}
"""Stage → the day's lessons: start and minutes."""

SPECIAL_ROOMS: Mapping[str, str] = {
    "IDH": "Idrottshallen",
    "MU": "Musiksalen",
    "BL": "Bildsalen",
    "SL": "Slöjdsalen",
    "HKK": "Hemkunskapen",
    "M2SPA": "Spansksalen",
    "M2DEU": "Tysksalen",
    "M2FRA": "Fransksalen",
}


def stage_of(year: int) -> str:
    """The stage a year belongs to."""
    return next(stage for stage, years in STAGES.items() if year in years)


def week_of(years: tuple[int, ...]) -> Mapping[str, int]:
    """Subject → lessons a week of a class with these years, without its language choice."""
    stage = stage_of(years[-1])
    if years == (6,):
        return _YEAR_6
    if stage == "H" and not language_lessons(years):
        return _HIGH | {"SV": 8}
    return {"F": {"FKLASS": 20}, "L": _LOW, "M": _MIDDLE, "H": _HIGH}[stage]


def language_lessons(years: tuple[int, ...]) -> int:
    """Lessons a week of language choice; a class that mixes years 4–6 has none of its own."""
    return min(LANGUAGE_LESSONS.get(year, 0) for year in years)


def competence(stage: str, subject: str) -> str:
    """Which teachers give it: class teachers up to year 6, subject teachers above, specialists everywhere."""
    if subject in LANGUAGES:
        return subject
    for specialist in (("IDH",), ("MU", "BL"), ("SL", "HKK")):
        if subject in specialist:
            return "/".join(specialist)
    if stage != "H":
        return stage
    for field in (("SV", "EN"), ("MA", "BI", "FY", "KE", "TK")):
        if subject in field:
            return "/".join(field)
    return "HI/GE/RE/SH"
