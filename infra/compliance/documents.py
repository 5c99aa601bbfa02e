"""The four documents, in Swedish: record of processing (art. 30), retention plan, security measures (art. 32)
and impact assessment (art. 35).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from functions.access.domain.document_types import DocumentType
from functions.access.domain.plan import PLANS
from infra.areas import Area, kept
from infra.compliance.risks import FAILURES, RISKS, SECURITY, Measure
from infra.local.paths import ROOT

HEAD = "<!-- Skrivs av `python3 -m infra generate`. Ändra i koden, inte här. -->"
_CONTROLLER = (
    "Personuppgiftsansvarig är kommunens ansvariga nämnd; den fyller i sitt namn, dataskyddsombudet och "
    "personuppgiftsbiträdet. Rättslig grund: art. 6.1 c och e, skollagen 26 a kap. Uppgifterna lagras i "
    "den region kommunen väljer (avsedd: eu-north-1) och förs inte över till tredje land. "
    "Säkerhetsåtgärder: [sakerhetsatgarder.md](sakerhetsatgarder.md)."
)
_HOW = (
    "Det som *tas bort av databasen* försvinner av sig självt, högst två dygn efter fristen. Det som "
    "*gallras* tas bort av den nattliga körningen (kl. 01.30) första natten efter fristen, med "
    "gallringsbevis. Det som *arkiveras* packas först (CSV, XML, PDF/A-3a, kontrollsummor) i ett låst arkiv "
    "och gallras sedan. Körningen bara räknar tills kommunen, genom en administratör, har beslutat att den "
    "ska vara skarp: gallring av allmänna handlingar kräver kommunens eget beslut. Det som omfattas av ett "
    "gallringsstopp tas inte bort. Perioder som kommunen beslutar är vanliga värden och ska ersättas av "
    "kommunens dokumenthanteringsplan."
)
_WHY = (
    "**Varför den krävs.** Uppgifter om barn i stor skala, skyddade personuppgifter och systematisk "
    "övervakning (närvaro). Ingen profilering och inga beslut som fattas enbart automatiskt."
)
_NEED = (
    "De beskrivs i [registerforteckning.md](registerforteckning.md). Nödvändighet och proportionalitet (b): "
    "varje uppgift har ett ändamål med grund i skollagen och en frist i "
    "[gallringsplan.md](gallringsplan.md). De registrerade kan själva se, begära utdrag och rätta "
    "kontaktuppgifter; synpunkter från dem eller deras företrädare (art. 35.9) hämtar kommunen in."
)
_LEFT = (
    "Den kvarstående risken bedöms av kommunen; är den *hög* ska Integritetsskyddsmyndigheten rådfrågas "
    "i förväg (art. 36) eller åtgärden göras först."
)
_POLICY = re.compile(r'((?:^//.*\n)*)^@id\("([\w-]+)"\)\s*(permit|forbid)', re.MULTILINE)


def documents(areas: Iterable[Area]) -> Iterator[tuple[Path, str]]:
    """Every document's place below the repository and its text."""
    areas = tuple(areas)
    home = Path("infra") / "compliance"
    yield home / "registerforteckning.md", record(areas)
    yield home / "gallringsplan.md", retention(areas)
    yield home / "sakerhetsatgarder.md", security()
    yield home / "konsekvensbedomning.md", assessment(areas)


def record(areas: Sequence[Area]) -> str:
    """Record of processing activities, art. 30.1."""
    lines = [
        HEAD, "# Registerförteckning (dataskyddsförordningen art. 30)", "",
        _CONTROLLER, "",
    ]  # fmt: skip
    plan = PLANS[-1]
    for area in areas:
        types = list(dict.fromkeys(kind.document for kind in kept(area.name).values()))
        lines += [f"## {area.api.title} (`{area.name}`)", ""]
        lines += _table(
            ("Uppgifter", "Ändamål", "Kategorier", "Källa", "Mottagare", "Lagras i"),
            [
                (t.name.sv, t.purpose.sv, t.data.sv, t.source.sv, t.recipients.sv, _kinds(area.name, t))
                for t in (plan.types[id] for id in types)
            ],
        )
        reads = ", ".join(area.spec.reads) or "inga"
        names = ", ".join(f"`{operation.id}`" for operation in area.operations)
        lines += ["", f"Läser ur områdena: {reads}. Operationer: {names}.", ""]
    return _text(lines)


def retention(areas: Sequence[Area]) -> str:
    """The retention plan in force."""
    plan = PLANS[-1]
    actions = {
        "delete": "gallras",
        "keep": "bevaras",
        "expire": "tas bort av databasen",
        "archive": "arkiveras och gallras",
    }
    rows = [
        (
            t.name.sv, t.period.sv, actions[t.action], t.basis, "lag" if t.certain else "kommunen beslutar",
            "; ".join(filter(None, (_kinds(area.name, t) for area in areas))),
        )
        for t in plan.types.values()
    ]  # fmt: skip
    lines = [
        HEAD, f"# Gallringsplan {plan.id}", "", f"Gäller från {plan.valid_from}.", "",
        _HOW, "",
        *_table(("Handling", "Gallringsfrist", "Åtgärd", "Grund", "Fristen följer av", "Lagras i"), rows),
    ]  # fmt: skip
    return _text(lines)


def security() -> str:
    """Technical measures, art. 32, each with its proof, and every rule of access."""
    lines = [HEAD, "# Säkerhetsåtgärder (dataskyddsförordningen art. 32)", ""]
    for heading, measures in SECURITY:
        lines += [f"## {heading}", "", *_measures(measures), ""]
    lines += ["## Regler för åtkomst", "", "Allt som ingen regel tillåter är förbjudet.", ""]
    lines += _table(("Regel", "Verkan", "Innebörd"), policies())
    return _text(lines)


def policies() -> list[tuple[str, str, str]]:
    """The Cedar policies: id, permit or forbid, and what their comment says; one without goes with the one
    above it, which must be of the same name but for what it is about (`mentor-of-pupil`, `mentor-of-group`).
    """
    found = []
    for path in sorted((ROOT / "functions" / "access" / "policies").glob("*.cedar")):
        meaning = ""
        for comment, id, effect in _POLICY.findall(path.read_text(encoding="utf-8")):
            meaning = " ".join(line.removeprefix("//").strip() for line in comment.splitlines()) or meaning
            found.append((f"`{id}`", effect, meaning))
    return found


def assessment(areas: Sequence[Area]) -> str:
    """Data protection impact assessment, art. 35.7."""
    operations = sum(len(area.operations) for area in areas)
    lines = [
        HEAD, "# Konsekvensbedömning (dataskyddsförordningen art. 35)", "",
        _WHY, "",
        f"**Behandlingen** (art. 35.7 a): {len(areas)} områden med {operations} operationer. {_NEED}", "",
        _LEFT, "", "## Risker och åtgärder", "",
    ]  # fmt: skip
    for number, risk in enumerate(RISKS, 1):
        lines += [
            f"### {number}. {risk.what}",
            "",
            f"Risk före: **{risk.before}**. Kvar: **{risk.left}**.",
            "",
        ]
        lines += [*_measures(risk.measures), ""]
        lines += [f"Kvar att göra: {risk.open}", ""] if risk.open else []
    lines += ["## Det Skolplattformen fälldes för (IMY DI-2019-7024)", ""]
    for failure in FAILURES:
        lines += [f"### {failure.where}", "", failure.what, "", *_measures(failure.measures), ""]
    return _text(lines)


def _kinds(area: str, document: DocumentType) -> str:
    names = [name for name, kind in kept(area).items() if kind.document == document.id]
    if "audit_chain" in names:
        names += ["tabellen skolkit-audit", "dess arkiv"]  # no area's own items: written by all of them
    return f"{area}: {', '.join(names)}" if names else ""


def _measures(measures: Iterable[Measure]) -> list[str]:
    return [f"* {measure.what} (`{measure.proof}`)" for measure in measures]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)
    ]  # fmt: skip


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"
