"""What subjects are called in papers: by the designation in the catalogue, or Skolverket's code of
grundskola, whose middle says the same.
"""

from __future__ import annotations

from types import MappingProxyType

_NAMES = (
    ("BL", "BIL", "Bild"), ("BI", "BIO", "Biologi"), ("EN", "ENG", "Engelska"), ("FY", "FYS", "Fysik"),
    ("GE", "GEO", "Geografi"), ("HKK", "HKK", "Hem- och konsumentkunskap"), ("HI", "HIS", "Historia"),
    ("IDH", "IDR", "Idrott och hälsa"), ("KE", "KEM", "Kemi"), ("MA", "MAT", "Matematik"),
    ("MU", "MUS", "Musik"), ("RE", "REL", "Religionskunskap"), ("SH", "SAM", "Samhällskunskap"),
    ("SL", "SLJ", "Slöjd"), ("SV", "SVE", "Svenska"), ("SVA", "SVA", "Svenska som andraspråk"),
    ("TK", "TEK", "Teknik"), ("M", "MSP", "Moderna språk"), ("ML", "MOD", "Modersmål"),
    ("TN", "TSP", "Teckenspråk för hörande"), ("DA", "DAN", "Dans"), ("JU", "JUD", "Judiska studier"),
    ("NO", "NOX", "Naturorienterande ämnen"), ("SO", "SOX", "Samhällsorienterande ämnen"),
)  # fmt: skip
NAMES = MappingProxyType(
    {short: name for short, _, name in _NAMES} | {f"GRGR{middle}01": name for _, middle, name in _NAMES}
)


def name_of(code: str) -> str:
    """A subject's name; the code itself of one that is not known.

    >>> name_of("MA"), name_of("GRGRENG01"), name_of("XX")
    ('Matematik', 'Engelska', 'XX')
    """
    return NAMES.get(code, code)
