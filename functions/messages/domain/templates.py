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
    "leave_consent": Template(
        Text("Ansökan om ledighet väntar på ditt svar", "An application for leave awaits your answer"),
        Text(
            "{name}s andra vårdnadshavare har ansökt om ledighet {first} till {last}. "
            "Logga in och svara om du samtycker.",
            "{name}'s other guardian has applied for leave from {first} to {last}. "
            "Sign in to say whether you agree.",
        ),
    ),
    "leave_declined": Template(
        Text("Ansökan om ledighet har inte fått samtycke", "An application for leave was not agreed to"),
        Text(
            "Den andra vårdnadshavaren samtycker inte till ledigheten {first} till {last} för {name}. "
            "Ansökan prövas därför inte.",
            "The other guardian does not agree to {name}'s leave from {first} to {last}. "
            "The application will not be decided on.",
        ),
    ),
    "leave_granted": Template(
        Text("Ledighet beviljad", "Leave granted"),
        Text(
            "{name} har beviljats ledighet {first} till {last}. Logga in och läs beslutet.",
            "{name} has been granted leave from {first} to {last}. Sign in to read the decision.",
        ),
    ),
    "leave_partly_granted": Template(
        Text("Ledighet delvis beviljad", "Leave partly granted"),
        Text(
            "{name} har beviljats ledighet bara {first} till {last}. "
            "Logga in och läs skälen och hur beslutet kan överklagas.",
            "{name} has been granted leave only from {first} to {last}. "
            "Sign in to read the reasons and how the decision may be appealed.",
        ),
    ),
    "leave_refused": Template(
        Text("Ledighet avslagen", "Leave refused"),
        Text(
            "Ansökan om ledighet {first} till {last} för {name} har avslagits. "
            "Logga in och läs skälen och hur beslutet kan överklagas.",
            "The application for {name}'s leave from {first} to {last} has been refused. "
            "Sign in to read the reasons and how the decision may be appealed.",
        ),
    ),
    "leave_reminder": Template(
        Text("Ansökningar om ledighet väntar", "Applications for leave are waiting"),
        Text(
            "{count} ansökningar om ledighet vid din enhet har väntat i {days} skoldagar eller mer. "
            "Logga in och avgör dem.",
            "{count} applications for leave at your unit have waited for {days} school days or more. "
            "Sign in to decide on them.",
        ),
    ),
}
