"""What a register extract must say beside the data (GDPR art. 15.1 and 15.2), and when it is late."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from functions.access.domain.plan import Plan
from skolkit.errors import DomainError, Text

PATIENCE = timedelta(minutes=30)  # before those who have not answered are asked again
ASKS = 8  # how often; then somebody must look


class ExtractNotReady(DomainError):
    """Some areas have not answered yet, or never will."""

    reason = Text("Utdraget är inte klart.", "The extract is not ready.")
    advice = Text("Vänta tills läget är klart och försök igen.", "Wait until its state is done.")
    law = "dataskyddsförordningen art. 12.3"


RIGHTS = Text(
    "Du kan begära att felaktiga uppgifter rättas (art. 16), att uppgifter raderas när lagen inte kräver att "
    "de bevaras (art. 17), att behandlingen begränsas (art. 18), och invända mot den (art. 21). Vänd dig "
    "till skolan eller till kommunens dataskyddsombud. Du kan klaga hos Integritetsskyddsmyndigheten, "
    "imy.se.",
    "You may ask that wrong data be corrected (art. 16), that data be erased where no law requires them to "
    "be kept (art. 17), that processing be restricted (art. 18), and object to it (art. 21). Turn to the "
    "school or to the municipality's data protection officer. You may complain to the Swedish Authority for "
    "Privacy Protection, imy.se.",
)
GENERAL = Text(
    "Rättslig grund är uppgift av allmänt intresse och myndighetsutövning (art. 6.1 c och e; skollagen 26 a "
    "kap.). Inga uppgifter förs över till land utanför EU/EES (art. 15.2). Inga beslut fattas enbart "
    "automatiskt och ingen profilering sker (art. 15.1 h). Andra personers uppgifter och skyddade adresser "
    "är utelämnade (art. 15.4).",
    "The legal basis is a task in the public interest and the exercise of authority (art. 6.1 c and e). No "
    "data are transferred outside the EU/EEA (art. 15.2). No decision is made by automated means alone and "
    "nobody is profiled (art. 15.1 h). Other people's data and protected addresses are left out (art. 15.4).",
)


def is_late(since: datetime, now: datetime) -> bool:
    """Whether whoever has not answered should be asked again."""
    return now - since >= PATIENCE


def legal_information(plan: Plan, documents: Collection[str]) -> dict[str, object]:
    """What art. 15.1 a–h asks for, of the document types that the extract holds, in both languages."""
    kinds = [kind for kind in plan.types.values() if kind.id in documents]

    def both(text: Text) -> dict[str, str]:
        return {"sv": text.sv, "en": text.en}

    return {
        "plan": plan.id,
        "general": both(GENERAL),
        "rights": both(RIGHTS),
        "documents": [
            {
                "id": kind.id, "name": both(kind.name), "purpose": both(kind.purpose),
                "categories": both(kind.data), "recipients": both(kind.recipients),
                "source": both(kind.source), "storagePeriod": both(kind.period),
            }
            for kind in kinds
        ],
    }  # fmt: skip
