"""What messages keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "preferences": Kept("messages.preference", ("pk",), tied="pk"),
    "delivery": Kept("messages.delivery", ("pk", "sk")),
    "news": Kept("messages.news", ("author",), dated="publish_at"),
    "news_version": Kept("messages.news", ("by",), follows="news"),
    "news_authored": Kept("messages.news", ("pk",), follows="news"),
    "board": Kept("messages.news", ("by",), follows="news"),
    "news_receipt": Kept("messages.receipt", ("sk",)),
    "news_sending": Kept("technical.job", ("told",)),
    "due": Kept("technical.job"),
    "messages_retention": Kept("technical.job"),
    "messages_erasure": Kept("technical.job"),
}
