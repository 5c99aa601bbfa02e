"""What messages keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "preferences": Kept("messages.preference", ("pk",), tied="pk"),
    "ways": Kept("messages.preference", ("pk",), tied="pk"),
    "contact_shown": Kept("messages.visibility", ("pk", "sk"), tied="sk"),
    "delivery": Kept("messages.delivery", ("pk", "sk")),
    "digest_claim": Kept("technical.job", ("pk",)),
    "emergency": Kept("messages.emergency", ("asked_by",), dated="at"),
    "emergency_chunk": Kept("messages.emergency", ("unsettled", "unreached", "calls"), dated="at"),
    "news": Kept("messages.news", ("author",), dated="publish_at"),
    "news_version": Kept("messages.news", ("by",), follows="news"),
    "news_authored": Kept("messages.news", ("pk",), follows="news"),
    "board": Kept("messages.news", ("by",), follows="news"),
    "news_receipt": Kept("messages.receipt", ("sk",)),
    "news_sending": Kept("technical.job", ("told",)),
    "due": Kept("technical.job"),
    "talk": Kept("messages.conversation", ("pupil", "guardian", "by"), dated="last"),
    "talk_message": Kept("messages.conversation", ("by", "hidden_by"), follows="talk"),
    "talk_listed": Kept("messages.conversation", ("about", "guardian"), follows="talk"),
    "talk_wrote": Kept("messages.conversation", ("pk",), follows="talk"),
    "talk_report": Kept("messages.conversation", ("by",), follows="talk"),
    "talk_seen": Kept("messages.receipt", ("pk",)),
    "talk_pace": Kept("technical.job", ("pk",)),
    "consent_ask": Kept("messages.consent", ("by",), dated="until"),
    "consent_answer": Kept("messages.consent", ("sk", "by"), dated="ended"),
    "consent_held": Kept("messages.consent", ("pk", "sk"), follows="consent_ask"),
    "consent_kind": Kept("messages.consent_kind"),
    "messages_retention": Kept("technical.job"),
    "messages_erasure": Kept("technical.job"),
}
