"""The public page where anybody checks a grade document by its code (process 33): genuine, replaced, revoked
or unknown, and nothing of whose it is. Plain HTML without scripts (WCAG 2.2 AA).

Whoever holds the paper may compare it: what it shows (birth date, grades) is typed in and found to fit or
not.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Literal

from functions.grades.domain.check_codes import grouped
from functions.grades.domain.documents import KINDS, DocumentKind, Language, State
from skolkit.errors import DomainError, Text

MOST_TRIES = 20
REST = timedelta(hours=1)
"""So many wrong codes from an address in an hour [PROPOSED]; the codes alone cannot be guessed, and the
gateway bounds how fast anybody asks."""

Said = Literal["ask", "issued", "replaced", "revoked", "unknown", "tooMany"]
Compared = Literal["fits", "differs"]


class TooManyChecks(DomainError):
    """Codes are read off a paper, not guessed."""

    status = 429
    reason = Text("För många koder som inte finns.", "Too many codes that do not exist.")
    advice = Text("Försök igen om en timme.", "Try again in an hour.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What everybody may know of a document; `day` and `ended` Swedish dates."""

    kind: DocumentKind
    number: str
    unit: str
    day: str
    sha256: str
    fingerprint: str
    state: State
    ended: str | None


@dataclass(frozen=True, slots=True)
class Tries:
    """How many codes that are none have been tried from an address; forgotten at `until`."""

    count: int = 0
    until: datetime | None = None
    version: int | None = None

    def locked(self, now: datetime) -> bool:
        return self.until is not None and now < self.until and self.count >= MOST_TRIES

    def one_more(self, now: datetime) -> Tries:
        """An hour without any begins anew."""
        anew = self.until is None or now >= self.until
        return Tries(1 if anew else self.count + 1, now + REST, self.version)


def address_hash(address: str, key: bytes) -> str:
    """What an address is counted by; the address is not kept."""
    return hmac.new(key, f"check\x1f{address}".encode(), hashlib.sha256).hexdigest()[:32]


_STYLE = (
    "body{margin:0;font:1.125rem/1.5 sans-serif;color:#1b1b1b;background:#fff}"
    "main{max-width:38rem;margin:0 auto;padding:2rem 1rem}"
    "h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.2rem;margin-top:2rem}"
    ".said{padding:1rem;border-left:.5rem solid #0b4f8a;background:#eef4fa}"
    ".issued{border-color:#1c6b37;background:#edf7f0}"
    ".replaced,.revoked,.unknown,.tooMany,.differs{border-color:#a12622;background:#fbeeed}"
    "dt{font-weight:600;margin-top:.75rem}dd{margin:0;overflow-wrap:anywhere}"
    "label{display:block;font-weight:600;margin-top:1rem}"
    "input[type=text]{box-sizing:border-box;width:100%;min-height:3rem;padding:.5rem .75rem;font:inherit;"
    "border:2px solid #595959;border-radius:.5rem}"
    "button{min-height:3rem;margin:1rem 0;padding:.5rem 1.5rem;font:inherit;font-weight:600;color:#fff;"
    "background:#0b4f8a;border:2px solid #0b4f8a;border-radius:.5rem}"
    "a{color:#0b4f8a}.hint{margin:.25rem 0;color:#444}"
    "button:focus-visible,a:focus-visible,input:focus-visible{outline:4px solid #b35900;outline-offset:3px}"
    "#compared{outline:0}"
)
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TITLES: dict[Said, Text] = {
    "ask": Text("Kontrollera ett betygsdokument", "Check a grade document"),
    "issued": Text("Dokumentet är äkta och gäller", "The document is genuine and valid"),
    "replaced": Text("Dokumentet är ersatt", "The document has been replaced"),
    "revoked": Text("Dokumentet är återkallat", "The document has been revoked"),
    "unknown": Text("Koden finns inte", "There is no such code"),
    "tooMany": Text("För många försök", "Too many attempts"),
}
_BODIES: dict[Said, Text] = {
    "ask": Text(
        "Koden står vid rutan längst ner på dokumentet.", "The code is at the bottom of the document."
    ),
    "issued": Text(
        "Skolan har utfärdat ett dokument med den här koden. Jämför uppgifterna nedan med dokumentet.",
        "The school has issued a document with this code. Compare what is below with the document.",
    ),
    "replaced": Text(
        "Ett nytt dokument har ersatt det {ended}. Be att få se det nya.",
        "A new document replaced it on {ended}. Ask to see the new one.",
    ),
    "revoked": Text(
        "Skolan återkallade det {ended}. Det gäller inte.", "The school revoked it on {ended}. It is void."
    ),
    "unknown": Text(
        "Inget betygsdokument har den koden. Kontrollera att du skrev alla 20 tecken.",
        "No grade document has that code. Make sure that you typed all 20 characters.",
    ),
    "tooMany": Text(
        "För många koder som inte finns har prövats härifrån. Försök igen om en timme.",
        "Too many codes that do not exist have been tried from here. Try again in an hour.",
    ),
}
_CODE = Text("Kod", "Code")
_BUTTON = Text("Kontrollera", "Check")
_ANOTHER = Text("Kontrollera ett annat dokument", "Check another document")
_COMPARE_BUTTON = Text("Jämför", "Compare")
_ROWS = (
    Text("Dokument", "Document"), Text("Nummer", "Number"), Text("Utfärdat", "Issued"),
    Text("Skolenhet", "School unit"), Text("Filens kontrollsumma (SHA-256)", "The file's SHA-256"),
)  # fmt: skip
_COMPARE = Text("Jämför med det du ser på dokumentet", "Compare with what the document shows")
_COMPARE_WORDS = Text(
    "Sidan visar inga personuppgifter. Skriv vad som står på dokumentet, så säger den om det stämmer.",
    "The page shows no personal data. Type what the document says and it tells whether that is right.",
)
_BIRTH = Text("Födelsedatum, ÅÅÅÅMMDD", "Date of birth, YYYYMMDD")
_GRADES = Text(
    "Betygen uppifrån och ner, till exempel A B C –", "The grades from top to bottom, e.g. A B C –"
)
_COMPARED: dict[Compared, Text] = {
    "fits": Text("Födelsedatum och betyg stämmer.", "The date of birth and the grades are right."),
    "differs": Text(
        "Det stämmer inte. Läs en gång till; dokumentet kan vara ändrat.",
        "That is not right. Read once more; the document may have been altered.",
    ),
}


def page(
    said: Said, language: Language, found: Checked | None = None, code: str = "",
    compared: Compared | None = None, typed: tuple[str, str] = ("", ""),
) -> str:  # fmt: skip
    """The page that asks, or says what a code leads to; `typed` are the birth date and the grades that were
    compared and differ, to be put right.
    """
    title = _TITLES[said].in_language(language)
    body = _BODIES[said].in_language(language).format(ended=found.ended if found else "")
    parts = [f'<h1>{escape(title)}</h1>\n<p class="said {said}">{escape(body)}</p>\n']
    if found:
        parts.append(_facts(found, language))
    if found and said == "issued":
        parts.append(_comparison(code, language, compared, typed))
    if found:
        parts.append(f"<h2>{escape(_ANOTHER.in_language(language))}</h2>\n")
    if said != "tooMany":
        parts.append(_form(language))
    parts.append(_other(language, code if found else ""))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _facts(found: Checked, language: Language) -> str:
    values = (
        KINDS[found.kind].title.in_language(language),
        found.number,
        found.day,
        found.unit,
        found.sha256,
    )
    rows = "".join(
        f"<dt>{escape(name.in_language(language))}</dt><dd>{escape(value)}</dd>\n"
        for name, value in zip(_ROWS, values, strict=True)
    )
    return f"<dl>\n{rows}</dl>\n"


def _form(language: Language) -> str:
    return (
        '<form method="get" action="check">\n'
        f'<label for="code">{escape(_CODE.in_language(language))}</label>\n'
        '<input type="text" id="code" name="code" maxlength="40" autocomplete="off"'
        ' autocapitalize="characters" spellcheck="false" required>\n'
        f'<input type="hidden" name="l" value="{language}">\n'
        f"<button>{escape(_BUTTON.in_language(language))}</button>\n</form>\n"
    )


def _comparison(
    code: str, language: Language, compared: Compared | None, typed: tuple[str, str]
) -> str:  # fmt: skip
    """The form leads to its own answer, so that whoever reads with a screen reader or on a phone is there."""
    born, grades = (f' value="{escape(one, quote=True)}"' if one else "" for one in typed)
    shown = ""
    if compared:
        style = "said issued" if compared == "fits" else "said differs"
        words = escape(_COMPARED[compared].in_language(language))
        shown = f'<p class="{style}" role="status" id="compared" tabindex="-1">{words}</p>\n'
    return (
        f"<h2>{escape(_COMPARE.in_language(language))}</h2>\n{shown}"
        f'<p class="hint">{escape(_COMPARE_WORDS.in_language(language))}</p>\n'
        '<form method="post" action="check#compared">\n'
        f'<input type="hidden" name="code" value="{escape(code, quote=True)}">\n'
        f'<input type="hidden" name="l" value="{language}">\n'
        f'<label for="born">{escape(_BIRTH.in_language(language))}</label>\n'
        f'<input type="text" id="born" name="born"{born} inputmode="numeric" maxlength="10"'
        ' autocomplete="off" required>\n'
        f'<label for="grades">{escape(_GRADES.in_language(language))}</label>\n'
        f'<input type="text" id="grades" name="grades"{grades} maxlength="400" autocomplete="off"'
        ' spellcheck="false" required>\n'
        f"<button>{escape(_COMPARE_BUTTON.in_language(language))}</button>\n</form>\n"
    )


def _other(language: Language, code: str) -> str:
    other, name = ("en", "In English") if language == "sv" else ("sv", "På svenska")
    with_code = f"code={grouped(code)}&amp;" if code else ""
    return f'<p><a href="check?{with_code}l={other}" lang="{other}" hreflang="{other}">{name}</a></p>\n'


def typed_grades(text: str) -> list[str]:
    """The grades as somebody typed them: letters with or without spaces, or words between spaces.

    >>> typed_grades("a B c –"), typed_grades("ABC-"), typed_grades("Godkänt Icke godkänt")
    (['A', 'B', 'C', '-'], ['A', 'B', 'C', '-'], ['GODKÄNT', 'ICKE', 'GODKÄNT'])
    """
    words = text.upper().replace("–", "-").replace(",", " ").split()
    return [one for word in words for one in (word if set(word) <= set("ABCDEF-") else [word])]
