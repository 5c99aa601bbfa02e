"""Messages' part of a register extract: how the person wants to be reached, what has been sent, what they
have written.
"""

from __future__ import annotations

from functions.messages import store
from functions.messages.domain.deliveries import Kind
from functions.messages.domain.questions import told
from functions.messages.store import consents, contacts, devices, forms, news
from functions.messages.store import conversations as talks
from functions.messages.store.attachments import AttachmentItem, files_of
from functions.register import queries as register
from skolkit.clock import stamp
from skolkit.extracts import Requested, Section, Value, section
from skolkit.types import PersonId


def gather(asked: Requested) -> list[Section]:
    """What is sent about a pupil and to a guardian. Four queries, and two per child."""
    person = asked.person
    wishes, chosen = store.preferences(person)
    back = store.WaysItem.find(*store.ways_key(person))
    sent = [row for pupil in (person, *register.children_of(person)) for row in _sent(pupil, person)]
    return [
        section(
            "messages.preference", "Val av kanal", "Chosen channel",
            {
                "kind": ("Gäller", "For"), "channels": ("Kanaler", "Channels"),
                "quiet": ("Tysta timmar", "Quiet hours"), "language": ("Språk", "Language"),
            },
            [
                [kind.value, ", ".join(wishes.order(kind)), str(wishes.quiet or ""), wishes.language]
                for kind in Kind if chosen
            ],
        ),
        section(
            "messages.preference", "Vägar som inte fungerat", "Ways that came back",
            {"channel": ("Kanal", "Channel")}, [[channel] for channel in back.shut] if back else [],
        ),
        section(  # whoever knows the address itself can send to the device
            "messages.preference", "Enheter för notiser", "Devices for notifications",
            {"at": ("Sedan", "Since"), "service": ("Notistjänst", "Push service")},
            [[stamp(device.at), device.host] for device in devices.held_by(person)[0]],
        ),
        section(
            "messages.visibility", "Visas i kontaktlistor", "Shown in contact lists",
            {"name": ("Namn", "Name"), "phone": ("Telefon", "Telephone"), "mail": ("E-post", "Mail")},
            [[s.name, s.phone, s.mail] for s in contacts.shown_by(person)],
        ),
        section(
            "messages.delivery", "Skickade underrättelser", "Notices sent",
            {
                "day": ("Dag", "Day"), "recipient": ("Mottagare", "Recipient"), "at": ("Skickad", "Sent"),
                "state": ("Läge", "State"), "channel": ("Kanal", "Channel"),
            },
            sent,
        ),
        section(
            "messages.news", "Skrivna nyheter", "News written",
            {"at": ("Publiceras", "Published"), "title": ("Rubrik", "Title"), "text": ("Text", "Text")},
            [[at, said.title, said.body] for at, texts in news.everything_of(person) for said in texts],
        ),
        section(
            "messages.conversation", "Skrivna meddelanden", "Messages written",
            {"at": ("Tid", "Time"), "title": ("Samtal", "Conversation"), "text": ("Text", "Text")},
            [[m.at, title, m.text] for title, mine in talks.written_by(person) for m in mine],
        ),
        section(
            "messages.conversation", "Skickade filer", "Files sent",
            {
                "at": ("Tid", "Time"), "name": ("Namn", "Name"), "type": ("Sort", "Type"),
                "size": ("Storlek (byte)", "Size (bytes)"),
            },
            [[file.at, file.name, file.content_type, int(file.size)] for file in _files(person)],
        ),
        section(  # what was written is the writers' to be told
            "messages.conversation", "Meddelanden om personen", "Messages about the person",
            {"at": ("Tid", "Time"), "by": ("Skrivet av", "Written by")},
            [[m.at, "hemmet" if m.part == "home" else "skolan"] for m in talks.about_pupil(person)],
        ),
        section(
            "messages.consent", "Samtycken", "Consents",
            {
                "kind": ("Slag", "Kind"), "answer": ("Svar", "Answer"), "at": ("Tid", "Time"),
                "by": ("Av", "By"),
            },
            [
                [ask.consent_kind, a.answer, a.at, _writer(a.by, person)]
                for ask, answers in consents.held_by(person) for a in answers
            ],
        ),
        *_forms(person, whole=asked.contacts),
    ]  # fmt: skip


def _forms(person: PersonId, *, whole: bool) -> list[Section]:
    """Forms that the person has made, and answers by and about them, what is sensitive by itself. Not
    `whole`: one guardian asks, who is not told what the other has answered.
    """
    made, answered = forms.made_by(person), forms.held_by(person)
    return [
        part
        for sensitive, document in ((False, "messages.form"), (True, "messages.form_sensitive"))
        for part in (
            section(
                document, "Gjorda formulär", "Forms made",
                {"at": ("Tid", "Time"), "title": ("Rubrik", "Title"), "deadline": ("Sista dag", "Deadline")},
                [[f.made, f.texts[0][1], f.deadline] for f in made if f.sensitive == sensitive],
            ),
            section(
                document, "Svar på formulär", "Answers to forms",
                {
                    "title": ("Rubrik", "Title"), "at": ("Tid", "Time"), "by": ("Av", "By"),
                    "question": ("Fråga", "Question"), "answer": ("Svar", "Answer"),
                },
                [
                    [form.texts[0][1], item.at, _writer(item.by, person), question, answer]
                    for form, mine in answered if form.sensitive == sensitive
                    for item in mine
                    for question, answer in (
                        told(form.asks, item.given) if whole or item.by == person else [("", "–")]
                    ) if answer
                ],
            ),
        )
    ]  # fmt: skip


def _writer(by: str, person: PersonId) -> str:
    return "personen själv" if by == person else "vårdnadshavare"


def _files(person: PersonId) -> list[AttachmentItem]:
    """What the person has sent with messages and with news."""
    said = [message.files for _, mine in talks.written_by(person) for message in mine]
    return [*files_of(said), *news.files_of_author(person)]


def _sent(pupil: PersonId, person: PersonId) -> list[list[Value]]:
    """About the person, or to them about a child; by which way another guardian is reached is theirs."""
    record = register.pupil(pupil)
    guardians = record.guardians if record else frozenset()
    rows = store.DeliveryItem.query(
        f"PUPIL#{pupil}", store.DeliveryItem.sk.startswith("DELIVERY#"), consistent_read=True
    )
    shown: list[list[Value]] = []
    for row in rows:
        key = store.DeliveryKey.of(row)
        own = key.recipient == person
        if own or pupil == person:
            home = key.recipient in guardians
            to = "personen själv" if own else "vårdnadshavare" if home else "någon annan"
            shown.append([key.day.isoformat(), to, row.at, row.state, row.channel if own else None])
    return shown
