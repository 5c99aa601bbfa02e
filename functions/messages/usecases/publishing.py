"""Publishing news when its time has come, and telling those it is for that there is something new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from functions.messages.domain import audiences as audience_rules
from functions.messages.domain import news as rules
from functions.messages.events import ConsentDue, FormDue, MessageDue, NewsDue
from functions.messages.store import board
from functions.messages.store import news as store
from functions.messages.store.news import PostItem, SendingItem
from functions.messages.usecases.recipients import people_of
from skolkit.audit import Trace
from skolkit.clock import now, stamp
from skolkit.errors import DomainError
from skolkit.events import Fact
from skolkit.table import Remove, commit
from skolkit.types import PersonId, stable_id

TOLD = 100  # people in one fact
FACTS = 50  # in one transaction: 5,000 people, 250 KB


def publish_due() -> None:
    """Hand on what has come due. Two runs at once, or one that dies, hand on the same again, which is done
    once. A round trip, and one for each.
    """
    for row, kind, id in board.due_by(now()):
        commit(Remove(row), facts=[_due(kind, id)])


def _due(kind: str, id: str) -> Fact:
    match kind:
        case "NEWS":
            return NewsDue(post=id)
        case "FORM":
            return FormDue(form=id, reminder=True)
        case _:
            return ConsentDue(consent=id, reminder=True)


def publish_news(due: NewsDue) -> None:
    """Publish a post whose time has come and tell its recipients: first all are found, then the post is put
    up or refused, then they are told by the thousand, going on where an earlier attempt ended.
    """
    post = store.find_post(due.post)
    told = store.sending(due.post) or store.new_sending(due.post)
    if post is None or post.state not in ("scheduled", "published") or post.publish_at > stamp(now()):
        return
    if told.state != "running":
        return
    people = people_of(post.places)
    everybody = audience_rules.everybody(people, PersonId(post.author))
    if post.state == "scheduled" and not _put_up(post, told, people, len(everybody)):
        return
    _tell(post, told, everybody)


def _put_up(
    post: PostItem, told: SendingItem, people: Mapping[str, frozenset[PersonId]], number: int
) -> bool:
    """Publish, or refuse with nobody told but the author; whether it was published."""
    told.recipients, told.counts = number, {place: len(there) for place, there in people.items()}
    trace = Trace("system:publish_news", "publish_news", post.id)
    try:
        audience_rules.check_number(number, rules.LIMITS.recipients)
    except DomainError as refusal:
        post.state, told.state, told.reason = "refused", "refused", refusal.code
        sorry = MessageDue(
            id=stable_id("refused", post.id), recipients=[PersonId(post.author)], template="news_refused"
        )
        commit(post, told, facts=[sorry], trace=trace)
        return False
    post.state = "published"
    commit(post, told, *store.board_rows(post), trace=trace)
    return True


def _tell(post: PostItem, told: SendingItem, everybody: Sequence[PersonId]) -> None:
    left = [person for person in everybody if person > (told.told or "")]
    for start in count(0, TOLD * FACTS):
        some = left[start : start + TOLD * FACTS]
        facts = [
            MessageDue(id=post.id, recipients=some[n : n + TOLD], template="new_news")
            for n in range(0, len(some), TOLD)
        ]
        told.told = some[-1] if some else None
        if not some:
            told.state = "done"
        commit(told, facts=facts)
        if not some:
            return
