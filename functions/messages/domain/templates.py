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
    "inquiry_follow_up": Template(
        Text("Uppföljning att göra", "Follow-up to be done"),
        Text(
            "Uppföljningar av frånvaroutredningar som väntar på dig: {count}. Logga in för att se vilka.",
            "Follow-ups of investigations of absence that wait for you: {count}. Sign in to see which.",
        ),
    ),
    "inquiry_moved": Template(
        Text("En frånvaroutredning har följt med", "An investigation has followed"),
        Text(
            "En elev med pågående frånvaroutredning har bytt till din skola. Logga in och utse handläggare.",
            "A pupil with an open investigation of absence is at your school now. Sign in, choose a handler.",
        ),
    ),
    "inquiry_opened": Template(
        Text("En frånvaroutredning har inletts", "An investigation of absence has begun"),
        Text(
            "Huvudmannen underrättas om att en utredning om en elevs frånvaro inleddes {day}.",
            "The organiser is told that an investigation of a pupil's absence was opened {day}.",
        ),
    ),
    "inquiry_proposed": Template(
        Text("En frånvaroutredning har föreslagits", "An investigation has been proposed"),
        Text(
            "En mentor har föreslagit en utredning av en elevs frånvaro. Logga in för att ta ställning.",
            "A mentor has proposed an investigation of a pupil's absence. Sign in to decide.",
        ),
    ),
    "inquiry_suggestions": Template(
        Text("Frånvaro att se över", "Absence to look into"),
        Text(
            "Nya förslag om utredning av frånvaro: {count}. Logga in för att se dem.",
            "New suggestions to investigate absence: {count}. Sign in to see them.",
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
