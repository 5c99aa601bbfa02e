"""The providers: mail by SES, SMS by SNS, and the push services of people's browsers. A refusal that will not
change is `Rejected`; anything else comes again.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from functions.messages import push
from functions.messages.domain.deliveries import RULES, Address, Channel
from functions.messages.domain.push import Device, Outcome, Reply
from skolkit.aws import client
from skolkit.config import ConfigError

# What is wrong with this address; what is wrong with us (not verified, paused) is mended and comes again.
_FINAL = {
    "BadRequestException", "InvalidParameter", "InvalidParameterException", "InvalidParameterValue",
    "OptedOutException",
}  # fmt: skip


class NotTaken(Exception):
    """No provider has the message. `gone`: devices that are no more; `after`: when to ask again, if it was
    said.
    """

    def __init__(self, gone: frozenset[str] = frozenset(), after: timedelta | None = None) -> None:
        super().__init__()
        self.gone, self.after = gone, after


class Rejected(NotTaken):
    """The provider will not take this message to this address."""


class Unavailable(NotTaken):
    """The provider takes nothing from us now; the message has not left."""


def send(
    channel: Channel, address: Address, subject: str, text: str, delivery: str, *, urgent: bool = False
) -> frozenset[str]:
    """Hand one message to its provider; `delivery` is the tag its receipts carry. The ids of devices that are
    no more.

    Raises `Rejected` or `Unavailable`.
    """
    from botocore.exceptions import ClientError

    if not isinstance(address, str):
        return _push(address, subject, text, delivery, urgent=urgent)
    try:
        _mail(address, subject, text, delivery) if channel is Channel.MAIL else _sms(address, text)
    except ClientError as error:
        if error.response["Error"]["Code"] in _FINAL:
            raise Rejected from None
        raise Unavailable from None
    return frozenset()


def _push(
    devices: tuple[Device, ...], subject: str, text: str, delivery: str, *, urgent: bool
) -> frozenset[str]:
    """To all devices at once: one way, which has been taken when one device has it."""
    said = {"title": subject, "body": text, "delivery": delivery}
    message = json.dumps(said, ensure_ascii=False).encode()
    ttl = RULES.kept[0 if urgent else 1]

    def post(device: Device) -> Reply:
        return push.post(device, message, delivery, urgent=urgent, ttl=ttl)

    with ThreadPoolExecutor(len(devices)) as side:
        replies = list(side.map(post, devices))
    became = {reply.outcome for reply in replies}
    of = zip(devices, replies, strict=True)
    gone = frozenset(device.id for device, reply in of if reply.outcome is Outcome.GONE)
    if Outcome.TAKEN in became:
        return gone
    if Outcome.AWAY in became:
        raise Unavailable(gone, max((r.after for r in replies if r.after), default=None))
    raise Rejected(gone)


def _mail(address: str, subject: str, text: str, delivery: str) -> None:
    sender = os.environ.get("SKOLKIT_SENDER")
    if not sender:
        raise ConfigError("SKOLKIT_SENDER is not set")
    client("sesv2").send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": [address]},
        Content={
            "Simple": {
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
            }
        },
        ConfigurationSetName="skolkit",
        EmailTags=[{"Name": "delivery", "Value": delivery}],
    )


def _sms(address: str, text: str) -> None:
    client("sns").publish(
        PhoneNumber=address,
        Message=text,
        MessageAttributes={
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        },
    )
