"""Files with news and messages (process 28): what may be sent, what a file may be called, what becomes of it
and when it may be attached.

A file waits until it has been scanned; then it is clean, or refused for a reason that its sender is told.
Only whoever sent it attaches it, once. Limits are data with an id, so that a municipality can decide its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

State = Literal["waiting", "clean", "refused"]
Reason = Literal["typeMismatch", "unreadable", "locked", "macros", "activeContent", "tooMuch", "malware"]

OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Limits:
    """What is decided, not derived: the types of files with the endings of their names, how big one is, how
    many go with a post or message, how many one person sends in an hour, and for how long one that is not
    attached is kept.
    """

    id: str = "2026"
    most_bytes: int = 10_000_000
    together: int = 5
    per_hour: int = 60
    unused_days: int = 7
    types: Mapping[str, Collection[str]] = field(
        default_factory=lambda: {
            "image/jpeg": ("jpg", "jpeg"),
            "image/png": ("png",),
            "image/gif": ("gif",),
            "image/webp": ("webp",),
            "image/heic": ("heic", "heif"),
            "application/pdf": ("pdf",),
            f"{OFFICE}wordprocessingml.document": ("docx",),
            f"{OFFICE}spreadsheetml.sheet": ("xlsx",),
            f"{OFFICE}presentationml.presentation": ("pptx",),
            "text/plain": ("txt",),
        }
    )


LIMITS = Limits()

WHY: Mapping[Reason, Text] = {
    "typeMismatch": Text("innehållet är inte av den sort som angetts", "its content is not of the type said"),
    "unreadable": Text("filen går inte att läsa", "it cannot be read"),
    "locked": Text("filen är låst med lösenord", "it is locked with a password"),
    "macros": Text("filen innehåller makron", "it has macros"),
    "activeContent": Text(
        "filen innehåller skript eller andra filer, eller hämtar något utifrån",
        "it has scripts or other files in it, or fetches something from outside",
    ),
    "tooMuch": Text("filen packas upp till orimligt mycket", "it unpacks to unreasonably much"),
    "malware": Text("filen innehåller skadlig kod", "it is malware"),
}

_FORBIDDEN = frozenset('/\\:*?"<>|')
# Names that Windows takes for a device, whatever their ending.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\.", re.IGNORECASE)


class UnsupportedType(DomainError):
    """Files are of the types that the municipality has chosen."""

    status = 422
    reason = Text("Filer av den här sorten går inte att skicka.", "Files of this type cannot be sent.")
    advice = Text("Skicka en bild, en PDF eller ett dokument.", "Send a picture, a PDF or a document.")


class FileTooLarge(DomainError):
    """A file has a size that a telephone can send and fetch."""

    status = 422
    reason = Text("Filen är större än {most} MB.", "The file is larger than {most} MB.")
    advice = Text("Skicka en mindre fil.", "Send a smaller file.")


class UnfitName(DomainError):
    """A file's name is one that every computer can keep, with the ending of its type."""

    status = 422
    reason = Text("Filen kan inte heta så.", "The file cannot have this name.")
    advice = Text(
        "Använd bokstäver, siffror och mellanslag, och den ändelse som hör till filens sort.",
        "Use letters, digits and spaces, and the ending that belongs to the file's type.",
    )


class TooManyFiles(DomainError):
    """Somebody sends more than a person does."""

    status = 429
    reason = Text("Du har skickat {most} filer på en timme.", "You have sent {most} files in an hour.")
    advice = Text("Vänta en stund.", "Wait a while.")


class UnknownAttachment(DomainError):
    """A file is attached by whoever sent it, within a week."""

    status = 422
    reason = Text("Filen finns inte.", "There is no such file.")
    advice = Text("Ladda upp filen igen.", "Upload the file again.")


class AttachmentTwice(DomainError):
    """A file comes once."""

    status = 422
    reason = Text("Samma fil förekommer två gånger.", "The same file comes twice.")
    advice = Text("Ta bort den ena.", "Remove one of them.")


class StillScanning(DomainError):
    """Nobody gets a file that has not been scanned."""

    reason = Text("Filen kontrolleras fortfarande.", "The file is still being scanned.")
    advice = Text("Vänta några sekunder och försök igen.", "Wait some seconds and try again.")


class AttachmentRefused(DomainError):
    """Nobody gets a file that could harm them."""

    reason = Text("Filen togs inte emot: {sv}.", "The file was not accepted: {en}.")
    advice = Text("Ta bort filen, eller skicka en annan.", "Remove the file, or send another one.")


class AttachmentUsed(DomainError):
    """A file goes with one post or message."""

    reason = Text("Filen är redan skickad.", "The file has been sent already.")
    advice = Text("Ladda upp filen igen.", "Upload the file again.")


ATTACHING = (UnknownAttachment, AttachmentTwice, AttachmentUsed, StillScanning, AttachmentRefused)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file somebody has sent; `used` is where it is attached."""

    id: str
    by: PersonId
    name: str
    type: str
    size: int
    state: State = "waiting"
    why: Reason | None = None
    used: str | None = None


def checked_name(name: str, type: str, size: int, limits: Limits = LIMITS) -> str:
    """The name as it is kept, of a file that may be sent. Raises `UnsupportedType`, `FileTooLarge`,
    `UnfitName`.

    >>> checked_name("Läsårsdata.pdf", "application/pdf", 1)
    'Läsårsdata.pdf'
    """
    if type not in limits.types:
        raise UnsupportedType(field="type")
    if size > limits.most_bytes:
        raise FileTooLarge(field="size", value=size, most=limits.most_bytes // 1_000_000)
    name = unicodedata.normalize("NFC", name)
    # Letters that are not seen or turn the direction of writing hide the ending that a file really has.
    unseen = any(unicodedata.category(letter)[0] == "C" or letter in "\u2028\u2029" for letter in name)
    ending = name.rpartition(".")[2].lower()
    if (
        unseen or _FORBIDDEN & set(name) or name != name.strip() or name.startswith(".")
        or _DEVICE.match(name) or ending not in limits.types[type]
    ):  # fmt: skip
        raise UnfitName(field="name")
    return name


def check_pace(sent: int, limits: Limits = LIMITS) -> None:
    """One more file in the hour. Raises `TooManyFiles`."""
    if sent >= limits.per_hour:
        raise TooManyFiles(most=limits.per_hour)


def check_attaching(
    ids: Sequence[str], found: Mapping[str, Attachment], by: PersonId, place: str
) -> list[Attachment]:
    """The files in their order, if `by` may attach them to `place`, or has. Raises `UnknownAttachment` (also
    for somebody else's), `AttachmentTwice`, `AttachmentUsed`, `StillScanning`, `AttachmentRefused`.
    """
    files = []
    for n, id in enumerate(ids):
        field, file = f"attachments.{n}", found.get(id)
        if id in ids[:n]:
            raise AttachmentTwice(field=field, value=id)
        if file is None or (file.used != place and file.by != by):
            raise UnknownAttachment(field=field, value=id)
        if file.used not in (None, place):
            raise AttachmentUsed(field=field, value=id)
        if file.state == "waiting":
            raise StillScanning(field=field, value=id)
        if file.why:
            raise AttachmentRefused(field=field, value=id, sv=WHY[file.why].sv, en=WHY[file.why].en)
        files.append(file)
    return files
