"""The first set-up says what is wrong and what to do, before it has installed anything."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from infra.local import bootstrap, paths


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with one lock file."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "LOCAL", tmp_path / ".local")
    monkeypatch.setattr(paths, "STATE", tmp_path / ".local" / "state")
    (tmp_path / "some.lock").write_text("thing==1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "environment", "port"),
    [
        (["run"], "", bootstrap.DEFAULT_PORT),
        (["run"], "9000", 9000),
        (["run", "--port", "9001"], "9000", 9001),
        (["run", "--port=9002"], "", 9002),
    ],
)
def test_port_is_option_then_environment_then_default(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: str, port: int
) -> None:
    monkeypatch.setenv("PORT", environment)
    assert bootstrap.requested_port(arguments) == port


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "8 0"])
def test_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(bootstrap.SetupError, match="between 1 and 65535"):
        bootstrap.requested_port(["run", f"--port={text}"])


@pytest.mark.enable_socket
def test_busy_port_names_another_one(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(bootstrap.SetupError, match=rf"Port {port} is busy.*--port {port + 1}"):
            bootstrap.check_port(["run", "--port", str(port)])


@pytest.mark.enable_socket
def test_port_held_by_our_own_leftover_is_left_to_the_cloud(home: Path) -> None:
    paths.STATE.mkdir(parents=True)
    (paths.STATE / "cloud.pid").write_text("1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bootstrap.check_port(["run", "--port", str(taken.getsockname()[1])])


def test_full_disk_says_how_much_is_missing(home: Path) -> None:
    with pytest.raises(bootstrap.SetupError, match=r"are needed in .*\nFree some space"):
        bootstrap.check_disk(10**18)


def test_python_without_venv_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(bootstrap.SetupError, match=r"lacks ensurepip.*\n.*apt install python3"):
        bootstrap.check_python()


def test_environment_is_ready_only_for_the_lock_it_was_made_from(home: Path) -> None:
    venv = bootstrap.Venv("things", "things", ("some.lock",))
    assert not venv.ready()
    venv.home.mkdir(parents=True)
    (venv.home / "stamp").write_text(venv.fingerprint())
    assert venv.ready()
    (home / "some.lock").write_text("thing==2\n")
    assert not venv.ready()


def test_failed_installation_shows_the_end_of_the_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_python: str, options: list[str], _pip_options: list[str]) -> list[list[str]]:
        return [[sys.executable, "-c", "import sys; sys.exit('no index for ' + sys.argv[-1])", *options]]

    monkeypatch.setattr(bootstrap, "installers", fails)
    with pytest.raises(
        bootstrap.SetupError, match=r"(?s)some.lock could not be installed.*no index for .*some.lock.*network"
    ):
        bootstrap.install(bootstrap.Venv("things", "things", ("some.lock",)))
    assert not bootstrap.Venv("things", "things", ("some.lock",)).ready()


def test_failed_set_up_ends_in_words_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main(["run", "--port", "none"]) == 1
    assert "between 1 and 65535" in capsys.readouterr().err
