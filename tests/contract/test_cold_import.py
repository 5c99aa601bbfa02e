"""What an HTTP function may not load before its first request: it costs every cold start, and the guardian
waits.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from infra.local import paths
from tests.support.areas import AREAS

FORBIDDEN = {
    "asn1crypto", "aws_cdk", "boto3", "cedarpy", "cryptography", "duckdb", "holidays", "httpx",
    "icalendar", "numpy", "pandas", "personnummer", "pyhanko", "requests", "s3transfer", "skolkit.openapi",
    "typst", "uuid_utils", "webpush",
}  # fmt: skip
SCRIPT = """
import json, sys
sys.path[:0] = {paths!r}
import functions.{area}.app
getattr(functions.{area}.app, "api")  # all of an area that loads its parts when asked
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("area", AREAS)
def test_nothing_heavy_is_imported_at_start(area: str) -> None:
    where = [str(paths.ROOT), str(paths.ROOT / "layers" / "common" / "python")]
    script = SCRIPT.format(paths=where, area=area)
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    found = {name for name in FORBIDDEN if name in loaded}
    assert not found, f"functions.{area}.app loads {sorted(found)} at start; import them where they are used"
