"""The providers: mail by SES, SMS by SNS. A refusal that will not change is `Rejected`; anything else comes
again.
"""

from __future__ import annotations

import os

from functions.messages.domain.deliveries import Channel
from skolkit.aws import client
from skolkit.config import ConfigError

# What is wrong with this address; what is wrong with us (not verified, paused) is mended and comes again.
_FINAL = {
    "BadRequestException", "InvalidParameter", "InvalidParameterException", "InvalidParameterValue",
    "OptedOutException",
}  # fmt: skip


class Rejected(Exception):
    """The provider will not take this message to this address."""


class Unavailable(Exception):
    """The provider takes nothing from us now; the message has not left."""


def send(channel: Channel, address: str, subject: str, text: str, delivery: str) -> None:
    """Hand one message to its provider; `delivery` is the tag its receipts carry.

    Raises `Rejected` or `Unavailable`.
    """
    from botocore.exceptions import ClientError

    try:
        _mail(address, subject, text, delivery) if channel is Channel.MAIL else _sms(address, text)
    except ClientError as error:
        if error.response["Error"]["Code"] in _FINAL:
            raise Rejected from None
        raise Unavailable from None


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
