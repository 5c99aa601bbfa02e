"""What every module of the table of contents declares on."""

from __future__ import annotations

from skolkit.http import Api
from skolkit.triggers import Triggers

# What it takes to seal what is known of a protected person, and to open it.
SEALS = ("dynamodb:PutItem keys", "kms:GenerateDataKey protected")
OPENS = ("dynamodb:GetItem keys", "kms:Decrypt protected")

api = Api(
    "register", "Elever och vårdnadshavare",
    uses=(
        *OPENS, *SEALS, "s3:GetObject papers", "s3:GetObject tables", "s3:GetObject uploads",
        "s3:PutObject uploads",
    ),
    reader_uses=("s3:GetObject table-work",),
)  # fmt: skip
app = api.app
on = Triggers(app)
relay = on.relay_outbox()
