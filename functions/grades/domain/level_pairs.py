"""Courses of GY11 and the levels of GY25 that have the same content. Written down, never derived: the codes
do not say it (`MATMAT03b` is `MATO1B00X`).

From the comparison of both systems that Komvux Örebro publishes for its trial examinations (autumn 2026);
courses that no source pairs are not here.
"""

from __future__ import annotations

from types import MappingProxyType

PAIRS = (
    ("BIOBIO01", "BIOG1000X"), ("BIOBIO02", "BIOG2000X"), ("ENGENG05", "ENGE1000X"),
    ("ENGENG06", "ENGE2000X"), ("ENGENG07", "ENGE3000X"), ("FYSFYS02", "FYSK2000X"),
    ("HISHIS01a1", "HIST1A10X"),
    ("HISHIS01a2", "HIST1A20X"), ("HISHIS01b", "HIST1B00X"), ("KEMKEM01", "KEMI1000X"),
    ("KEMKEM02", "KEMI2000X"), ("MATMAT01a", "MATE1A00X"), ("MATMAT01b", "MATE1B00X"),
    ("MATMAT01c", "MATE1C00X"), ("MATMAT02a", "MATE2A00X"), ("MATMAT02b", "MATE2B00X"),
    ("MATMAT02c", "MATE2C00X"), ("MATMAT03b", "MATO1B00X"), ("MATMAT03c", "MATO1C00X"),
    ("MATMAT04", "MATO2000X"), ("MATMAT05", "MATF1000X"), ("NAKNAK01a1", "NATU1A10X"),
    ("NAKNAK01a2", "NATU1A20X"), ("NAKNAK01b", "NATU1B00X"), ("NAKNAK02", "NATU2000X"),
    ("PSKPSY01", "PSYL1000X"), ("RELREL01", "RELI1000X"), ("SAMSAM01a1", "SAMH1A10X"),
    ("SAMSAM01a2", "SAMH1A20X"), ("SAMSAM01b", "SAMH1B00X"), ("SVESVE01", "SVEN1000X"),
    ("SVESVE02", "SVEN2000X"), ("SVESVE03", "SVEN3000X"), ("SVASVA01", "SVEA1000X"),
    ("SVASVA02", "SVEA2000X"), ("SVASVA03", "SVEA3000X"),
)  # fmt: skip

LEVEL_OF = MappingProxyType(dict(PAIRS))
"""The level of GY25 by the code of the course."""
