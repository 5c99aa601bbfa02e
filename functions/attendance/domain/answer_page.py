"""The page behind the link in "still ill?" (process 19): one question, two buttons, no names. Plain HTML that
works without scripts, by keyboard and with a screen reader (WCAG 2.2 AA).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime, time
from html import escape
from typing import Literal

from skolkit.clock import LOCAL
from skolkit.errors import Text

Language = Literal["sv", "en"]
Said = Literal["ask", "ill", "back", "answered", "over"]
UNTIL = time(18, 0)  # [PROPOSED] when a link ends
_STYLE = (
    "body{margin:0;font:1.125rem/1.5 sans-serif;color:#1b1b1b;background:#fff}"
    "main{max-width:34rem;margin:0 auto;padding:2rem 1rem}"
    "h1{font-size:1.6rem;line-height:1.25}"
    "button{display:block;width:100%;min-height:3.5rem;margin:1rem 0;padding:.75rem 1rem;font:inherit;"
    "font-weight:600;color:#fff;background:#0b4f8a;border:2px solid #0b4f8a;border-radius:.5rem}"
    "button+button{color:#0b4f8a;background:#fff}"
    "a{color:#0b4f8a}"
    "button:focus-visible,a:focus-visible{outline:4px solid #b35900;outline-offset:3px}"
)
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TITLES: dict[Said, Text] = {
    "ask": Text("Fortfarande sjuk i dag?", "Still ill today?"),
    "ill": Text("Tack. Sjukanmälan gäller i dag.", "Thank you. The absence is reported for today."),
    "back": Text("Tack. Vi väntar eleven i skolan.", "Thank you. We expect the pupil at school."),
    "answered": Text("Frågan är redan besvarad.", "The question has been answered already."),
    "over": Text("Länken gäller inte längre.", "The link is no longer valid."),
}
_BODIES: dict[Said, Text] = {
    "ask": Text(
        "Frågan gäller eleven som nämns i meddelandet du fick. Svara före klockan 18.",
        "The question is about the pupil named in the message you got. Answer before 18:00.",
    ),
    "ill": Text("Du kan stänga sidan.", "You can close this page."),
    "back": Text("Du kan stänga sidan.", "You can close this page."),
    "answered": Text(
        "Logga in i appen eller ring skolan om något ska ändras.",
        "Sign in to the app or call the school if something is to be changed.",
    ),
    "over": Text(
        "Logga in i appen eller ring skolan för att anmäla frånvaro.",
        "Sign in to the app or call the school to report absence.",
    ),
}
_YES = Text("Ja, sjuk i dag", "Yes, ill today")
_NO = Text("Nej, tillbaka i skolan", "No, back at school")


def in_time(day: date, now: datetime) -> bool:
    """Whether a link of a day may still be used: that day, until the evening, Swedish time."""
    at = now.astimezone(LOCAL)
    return at.date() == day and at.time() < UNTIL


def ends(day: date) -> datetime:
    """When a link of a day ends."""
    return datetime.combine(day, UNTIL, LOCAL)


def page(said: Said, language: Language, token: str = "") -> str:
    """The page that asks, or says what came of it."""
    title, body = (texts[said].in_language(language) for texts in (_TITLES, _BODIES))
    form = _form(language, token) if said == "ask" else ""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(body)}</p>\n{form}</main>\n</body>\n</html>\n"
    )


def _form(language: Language, token: str) -> str:
    other, name = ("en", "In English") if language == "sv" else ("sv", "På svenska")
    secret = escape(token, quote=True)
    return (
        '<form method="post" action="answers">\n'
        f'<input type="hidden" name="t" value="{secret}">\n'
        f'<input type="hidden" name="l" value="{language}">\n'
        f'<button name="answer" value="ill">{escape(_YES.in_language(language))}</button>\n'
        f'<button name="answer" value="back">{escape(_NO.in_language(language))}</button>\n</form>\n'
        f'<p><a href="answers?t={secret}&amp;l={other}" lang="{other}" hreflang="{other}">{name}</a></p>\n'
    )
