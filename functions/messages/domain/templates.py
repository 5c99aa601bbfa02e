"""What is said when somebody is due a message (`<area>.MessageDue.v1`), by name of template.

A text says as little as it can: a given name and when, no reason, no school, no class; who wants to know more
signs in.
"""

from __future__ import annotations

from dataclasses import dataclass

from skolkit.errors import Text


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body; places in braces are filled from the fact's values, `{name}` is the given name of
    whom it is about.
    """

    subject: Text
    body: Text


TEMPLATES: dict[str, Template] = {
    "glass_broken": Template(
        Text("Skyddade uppgifter har öppnats", "Protected details have been opened"),
        Text(
            "Någon har öppnat skyddade kontaktuppgifter för en person vid din enhet. "
            "Logga in och se vem och varför.",
            "Somebody has opened the protected contact details of a person at your unit. "
            "Sign in to see who and why.",
        ),
    ),
    "still_ill": Template(
        Text("Fortfarande sjuk?", "Still ill?"),
        Text(
            "{name} var sjukanmäld till och med {day}. Är {name} sjuk i dag också, eller tillbaka i skolan? "
            "Svara med ett tryck i appen.",
            "{name} was reported ill until {day}. Is {name} ill today too, or back at school? "
            "Answer with one tap in the app.",
        ),
    ),
}
