"""The part of cases and trials in a register extract: all about a pupil's own grades; of others what they
have said and done themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from functions.grades.domain.cases import Case
from functions.grades.domain.orders import Order, Vouched
from functions.grades.domain.trials import Trial
from functions.grades.store import cases, orders, tasks, trials
from skolkit.clock import stamp
from skolkit.extracts import Section, section
from skolkit.types import PersonId

KINDS = {"correction": "rättelse", "change": "ändring", "withdrawal": "återtagande"}
STATES = {"open": "öppet", "approved": "bifallet", "refused": "avslaget"}


def sections_of(person: PersonId) -> list[Section]:
    """A query for what is about the person, one for what the person has had a part in, and one for each of
    those pupils.
    """
    parts = tasks.parts_of(person)
    pupils = sorted({part.pupil for part in parts})
    others = {c.id: c for c in cases.cases_of(pupils)} | {t.id: t for t in trials.trials_of(pupils)}
    mine = [others[part.id] for part in parts if part.id in others]
    return [
        _cases(cases.cases_of([person]), person), _trials(trials.trials_of([person])),
        _deeds(person, [one for one in mine if isinstance(one, Case)]),
        _handled(person, [one for one in mine if isinstance(one, Trial)]),
        _signed(orders.orders_of_pupil(person)),
        _signs(person, [order for pupil in pupils for order in orders.orders_of_pupil(pupil)]),
    ]  # fmt: skip


def vouched_text(own: Vouched) -> str:
    """When somebody decided, and with which sign-in: for an extract of that person's own alone."""
    return f"{stamp(own.at)}, inloggad {stamp(own.signed_in)} nivå {own.level}"


def _cases(found: Iterable[Case], person: PersonId) -> Section:
    """About own grades; of the comments only one's own: the others are of the other home."""
    return section(
        "grades.case", "Ärenden om betyg", "Cases about grades",
        {
            "opened": ("Öppnat", "Opened"), "kind": ("Slag", "Kind"), "reason": ("Fel", "What is wrong"),
            "proposal": ("Förslag", "Proposal"), "hearUntil": ("Synpunkter till", "Comments until"),
            "comments": ("Egna synpunkter", "Own comments"), "state": ("Utfall", "Outcome"),
            "decided": ("Beslutat", "Decided"), "motivation": ("Motivering", "Reasons"),
            "unheard": ("Varför ingen hördes", "Why nobody was heard"),
        },
        [
            [
                stamp(c.opened), KINDS[c.kind], c.reason, _proposed(c),
                c.hear_until.isoformat() if c.hear_until else "",
                " / ".join(said.text for said in c.comments if said.by == person), STATES[c.state],
                stamp(c.verdict.at) if c.verdict else "", c.verdict.motivation if c.verdict else "",
                c.verdict.unheard if c.verdict else "",
            ]
            for c in found
        ],
    )  # fmt: skip


def _proposed(case: Case) -> str:
    p = case.proposal
    said = (
        p.value, p.language, p.choice, p.adapted, p.remark, p.support, p.title,
        None if p.finished is None else ("avslutat" if p.finished else "inte avslutat"),
    )  # fmt: skip
    return " / ".join(part for part in said if part)


def _trials(found: Iterable[Trial]) -> Section:
    return section(
        "grades.case", "Prövningar", "Trials",
        {
            "applied": ("Sökt", "Applied"), "subject": ("Ämne", "Subject"), "state": ("Läge", "State"),
            "day": ("Dag", "Day"), "fee": ("Avgift i kronor", "Fee in kronor"),
            "motivation": ("Motivering", "Reasons"),
        },
        [
            [
                stamp(t.applied), t.subject.name, t.state, t.day.isoformat() if t.day else "", t.fee,
                t.motivation,
            ]
            for t in found
        ],
    )  # fmt: skip


def _deeds(person: PersonId, found: Iterable[Case]) -> Section:
    """What somebody has noticed, said, answered and decided about the grades of others."""
    rows = []
    for c in found:
        if c.noticed_by == person:
            rows.append([stamp(c.opened), "påpekade ett fel", c.reason])
        rows += [[stamp(s.at), "lämnade synpunkter", s.text] for s in c.comments if s.by == person]
        rows += [
            [
                stamp(a.vouched.at), "ville ändra" if a.agrees else "ville inte ändra",
                vouched_text(a.vouched),
            ]
            for a in c.answers if a.by == person
        ]  # fmt: skip
        if c.verdict and c.verdict.by == person:
            rows.append([stamp(c.verdict.at), f"beslutade: {STATES[c.state]}", c.verdict.motivation])
    return section(
        "grades.case", "Gjort i andras ärenden om betyg", "Done in others' cases about grades",
        {"at": ("Tid", "Time"), "deed": ("Vad", "What"), "words": ("Ord", "Words")}, rows,
    )  # fmt: skip


def _handled(person: PersonId, found: Iterable[Trial]) -> Section:
    def part(trial: Trial) -> str:
        parts = {trial.applicant: "sökte", trial.handled_by: "beslutade", trial.examiner: "examinator"}
        return parts.get(person, "")

    return section(
        "grades.case", "Del i andras prövningar", "Part in others' trials",
        {"applied": ("Sökt", "Applied"), "subject": ("Ämne", "Subject"), "part": ("Del", "Part")},
        [[stamp(t.applied), t.subject.name, part(t)] for t in found],
    )  # fmt: skip


def _signed(mine: Iterable[Order]) -> Section:
    """The orders to sign that lie with a pupil: that they are signed, not by whom nor how those sign in."""
    return section(
        "grades.catalogue", "Underskrifter utanför betygsperioder", "Signatures outside grading periods",
        {"at": ("Beslutat", "Decided"), "role": ("Roll", "Role")},
        [[stamp(o.at), one.signer.role] for o in mine for one in o.signings],
    )  # fmt: skip


def _signs(person: PersonId, of_others: Iterable[Order]) -> Section:
    """What somebody signs of the grades of others: a trial's, a correction."""
    return section(
        "grades.catalogue", "Egna underskrifter utanför betygsperioder", "Own signatures outside periods",
        {
            "at": ("Beslutat", "Decided"), "role": ("Roll", "Role"), "signedIn": ("Inloggad", "Signed in"),
            "level": ("Tillitsnivå", "Level of assurance"), "order": ("Signeringsorder", "Signing order"),
        },
        [
            [
                stamp(one.signer.at), one.signer.role, stamp(one.signer.signed_in_at), str(one.signer.level),
                order.id,
            ]
            for order in of_others for one in order.signings_of(person)
        ],
    )  # fmt: skip
