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
    "care_approved": Template(
        Text("Vistelsetiden är godkänd", "The hours are approved"),
        Text(
            "De tider du begärt för {name} från {day} är godkända.",
            "The hours you asked for {name} from {day} are approved.",
        ),
    ),
    "care_denied": Template(
        Text("Vistelsetiden är inte godkänd", "The hours are not approved"),
        Text(
            "De tider du begärt för {name} från {day} är inte godkända. Logga in för att se vad som gäller.",
            "The hours you asked for {name} from {day} are not approved. Sign in to see what holds.",
        ),
    ),
    "care_holiday": Template(
        Text("Svara om omsorg under lovet", "Answer about care during the holiday"),
        Text(
            "Behöver {name} omsorg {first}–{last}? Logga in och svara senast {answer}.",
            "Does {name} need care {first}–{last}? Sign in and answer by {answer}.",
        ),
    ),
    "glass_broken": Template(
        Text("Skyddade uppgifter har öppnats", "Protected details have been opened"),
        Text(
            "Någon har öppnat skyddade kontaktuppgifter för en person vid din enhet. "
            "Logga in och se vem och varför.",
            "Somebody has opened the protected contact details of a person at your unit. "
            "Sign in to see who and why.",
        ),
    ),
}
