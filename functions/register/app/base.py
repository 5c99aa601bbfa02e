"""What every module of the table of contents declares on."""

from __future__ import annotations

from skolkit.http import Api
from skolkit.triggers import Triggers

api = Api(
    "register", "Elever och vårdnadshavare",
    uses=(
        "kms:Decrypt", "kms:Encrypt", "s3:GetObject papers", "s3:GetObject tables", "s3:GetObject uploads",
        "s3:PutObject uploads",
    ),
    reader_uses=("s3:GetObject table-work",),
)  # fmt: skip
app = api.app
on = Triggers(app)
relay = on.relay_outbox()
