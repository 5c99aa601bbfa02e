"""What grades keeps about people."""

from __future__ import annotations

from skolkit.kept import Kept

KEPT = {
    "grades_retention": Kept("technical.job"),
    "grades_erasure": Kept("technical.job"),
}
