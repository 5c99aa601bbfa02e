"""Names as they are listed and looked for: in one spelling, whatever they were typed with."""

from __future__ import annotations

from collections.abc import Iterable

from skolkit.ss12000 import collated

BETWEEN = "  "  # names with a single space in them sort right, and each name can be told from the next


def spelt(name: str | None) -> str:
    """A name as it is compared: Unicode-normalised, without capital letters and foreign accents, with å, ä
    and ö as letters of their own; what cannot be seen does not count.

    >>> spelt("  Édith\u00a0 ÅKERLIND ") == spelt("edith a\u030akerlind")
    True
    """
    text = "".join(" " if letter.isspace() else letter for letter in collated(name))
    return " ".join("".join(letter for letter in text if letter.isprintable()).split())


def listed(*names: str | None) -> str:
    """Names as the text they are listed under.

    >>> listed("Palle", None, "Girgensohn")
    'palle  girgensohn'
    """
    return BETWEEN.join(filter(None, map(spelt, names)))


def contains(names: Iterable[str | None], parts: Iterable[str]) -> bool:
    """Whether each part is somewhere in one of the names.

    >>> contains(["Palle", None, "Girgensohn"], ["Pa", "gens"]), contains(["Palle", "Girgensohn"], ["le g"])
    (True, False)
    """
    spellings = [spelt(name) for name in names]
    return all(any(part in spelling for spelling in spellings) for part in map(spelt, parts))
