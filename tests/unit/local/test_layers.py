"""What functions carry with them: the same source gives the same archive, and only what is used is kept."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from infra import layers


def _tree(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return root


def _zip(root: Path) -> bytes:
    target = io.BytesIO()
    layers.zip_directory(root, target)
    return target.getvalue()


def test_archive_depends_on_names_and_contents_only(tmp_path: Path) -> None:
    files = {"python/b.py": "b = 2\n", "python/a.py": "a = 1\n"}
    first = _tree(tmp_path / "one", files)
    second = _tree(tmp_path / "two", dict(reversed(files.items())))
    os.utime(second / "python" / "a.py", (0, 10**9))
    assert _zip(first) == _zip(second)
    assert zipfile.ZipFile(io.BytesIO(_zip(first))).namelist() == ["python/a.py", "python/b.py"]
    (second / "python" / "a.py").write_text("a = 2\n")
    assert _zip(first) != _zip(second)


def test_fingerprint_ignores_compiled_files(tmp_path: Path) -> None:
    root = _tree(tmp_path, {"a.py": "a = 1\n"})
    before = layers.fingerprint(["x"], layers.files_below(root))
    _tree(root, {"__pycache__/a.cpython-311.pyc": "compiled"})
    assert layers.fingerprint(["x"], layers.files_below(root)) == before
    _tree(root, {"b.py": ""})
    assert layers.fingerprint(["x"], layers.files_below(root)) != before


def test_only_what_functions_import_is_kept(tmp_path: Path) -> None:
    kept = {
        "chalice/app.py", "chalice/__init__.py", "boto3/data/s3/resources.json",
        "botocore/data/endpoints.json", "botocore/data/s3/2006/service.json",
        "pydantic/main.py", "pydantic-2.dist-info/METADATA",
        "tzdata/zoneinfo/Europe/Stockholm",
    }  # fmt: skip
    dropped = {
        "chalice/deploy/deployer.py", "botocore/data/ec2/2016/service.json", "boto3/data/ec2/resources.json",
        "pydantic/tests/test_main.py", "pydantic-2.dist-info/RECORD",
        "tzdata/zoneinfo/Asia/Tokyo", "bin/tool",
    }  # fmt: skip
    _tree(tmp_path, dict.fromkeys(kept | dropped, ""))
    layers.prune(tmp_path)
    assert {file.relative_to(tmp_path).as_posix() for file in layers.files_below(tmp_path)} == kept


def test_own_package_is_compiled_without_this_machines_path(tmp_path: Path) -> None:
    _tree(tmp_path, {"python/skolkit/a.py": "def f():\n    return 1\n"})
    layers.compile_below(layers.LOCAL, tmp_path)
    (compiled,) = tmp_path.rglob("*.pyc")
    assert b"/opt/python/skolkit/a.py" in compiled.read_bytes()
    assert str(tmp_path).encode() not in compiled.read_bytes()


def test_no_compiled_files_for_a_python_that_is_not_here(tmp_path: Path) -> None:
    _tree(tmp_path, {"a.py": "a = 1\n"})
    layers.compile_below(layers.Target("far", "3.99"), tmp_path)
    assert list(tmp_path.rglob("*.pyc")) == []
