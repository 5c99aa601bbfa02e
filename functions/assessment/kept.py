"""What assessment keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "assessment_retention": Kept("technical.job"),
    "assessment_erasure": Kept("technical.job"),
}
