"""What every module of the table of contents declares on."""

from __future__ import annotations

from skolkit.http import Api
from skolkit.triggers import Triggers

api = Api(
    "messages", "Meddelanden",
    uses=("s3:PutObject quarantine", "s3:GetObject tables"), reader_uses=("s3:GetObject released",),
)  # fmt: skip
app = api.app
on = Triggers(app)
relay = on.relay_outbox()
