"""Check codes (kontrollkoder): 100 random bits in letters that cannot be confused, of which only a hash is
kept, and the fingerprint that lets whoever holds the paper compare it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is taken for something else on paper: 0 and O, 1 and I."""

LENGTH = 20
"""Characters of five bits: 100 bits."""


def code_from(random: bytes) -> str:
    """A code of random bytes, 13 at least.

    >>> code_from(bytes(range(13)))
    '222J62S62N52G42B3A7J'
    """
    number = int.from_bytes(random, "big") >> (8 * len(random) - 5 * LENGTH)
    return "".join(ALPHABET[number >> 5 * n & 31] for n in reversed(range(LENGTH)))


def grouped(code: str) -> str:
    """As it is printed.

    >>> grouped("222J62S62N52G42B3A7J")
    '222J6-2S62N-52G42-B3A7J'
    """
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def tidied(text: str) -> str | None:
    """The code that somebody typed, with spaces, dashes or small letters; None for what is none."""
    code = "".join(text.split()).replace("-", "").replace("–", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def hashed(code: str) -> str:
    """What is kept of a code: nobody can try 100 bits."""
    return hashlib.sha256(f"grade document {code}".encode()).hexdigest()


def fingerprint(code: str, born: date, grades: Sequence[str]) -> str:
    """What lets whoever holds the paper compare it: the birth date and the grades in their order, sealed with
    the code, which is not kept, so that the table tells nothing.
    """
    shown = "".join("".join(one.upper().replace("–", "-").split()) for one in grades)
    return hashlib.sha256(f"{code}\x1f{born:%Y%m%d}\x1f{shown}".encode()).hexdigest()
