"""The embedded AWS (MiniStack) as a supervised child process: started on this machine only, with its state in
one directory, stopped so that the state is saved, and usable from a test as a context manager.

    with Cloud(port=free_port()) as cloud:
        cloud.client("dynamodb").list_tables()
        cloud.reset()
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from infra.local import paths

if TYPE_CHECKING:
    from types import TracebackType

REGION = "eu-north-1"
ACCOUNT = "000000000000"
HOST = "127.0.0.1"
# The emulator takes this as id and key of its root user, who may do everything.
ADMINISTRATOR = "test"
# The emulator saves its state only while it stops, and reads it while it starts: a municipality is big.
STOP_SECONDS = 300.0
EMULATOR = Path(__file__).with_name("emulator.py")
START_SECONDS = 120.0


class CloudError(Exception):
    """The embedded AWS could not be started or used; the text says what to do."""


def free_port() -> int:
    """A TCP port on the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def port_in_use(port: int) -> bool:
    """Whether something already listens on the loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


class Cloud:
    """One embedded AWS.

    `state` is the directory that survives a restart; without it everything is gone after `stop`. With `auth`
    the emulator evaluates IAM policies and serves TLS with a certificate of its own (`certificate`). `python`
    is the interpreter that has the emulator installed, by default the one the set-up made.
    """

    def __init__(
        self, *, port: int, state: Path | None = None, auth: bool = False, python: Path | None = None
    ) -> None:
        self.port = port
        self.auth = auth
        self._python = python or paths.venv_bin("cloud", "python")
        self._temporary = None if state else tempfile.TemporaryDirectory(prefix="skolkit-cloud-")
        self.state = state or Path(self._temporary.name if self._temporary else "")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._clients: dict[str, Any] = {}

    @property
    def endpoint(self) -> str:
        """The address of every AWS API, without a trailing slash."""
        return f"{'https' if self.auth else 'http'}://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What the emulator and the functions' start-up printed since the last start."""
        return self.state / "cloud.log"

    @property
    def certificate(self) -> Path | None:
        """The certificate to trust when the cloud serves TLS."""
        return self.state / "tls" / "server.crt" if self.auth else None

    def environment(self) -> dict[str, str]:
        """The variables that point an AWS SDK at this cloud and at nothing else."""
        variables = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ADMINISTRATOR,
            "AWS_SECRET_ACCESS_KEY": ADMINISTRATOR,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return variables | ({"AWS_CA_BUNDLE": str(self.certificate)} if self.certificate else {})

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of this cloud, signed as its administrator; without options the same one again,
        since making one takes a tenth of a second.
        """
        import boto3

        if service in self._clients and not options:
            return self._clients[service]
        made = boto3.session.Session().client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ADMINISTRATOR,
            aws_secret_access_key=ADMINISTRATOR,
            verify=str(self.certificate) if self.certificate else None,
            **options,
        )
        return made if options else self._clients.setdefault(service, made)

    def start(self) -> None:
        """Start and wait until it answers; CloudError says what to do when it does not."""
        if not self._python.exists():
            raise CloudError("The embedded AWS is not installed. Run: python3 -m infra run")
        self.state.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._await_orphan()
            if self._half_saved.exists():
                raise CloudError(
                    "The state was not saved completely at the last stop. Start afresh: "
                    "python3 -m infra run --fresh"
                )
            if port_in_use(self.port):
                raise CloudError(
                    f"Port {self.port} is busy. Stop the program that uses it, or choose another port: "
                    f"python3 -m infra run --port {self.port + 1}"
                )
            self._spawn()
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop so that the state is saved; killed if that takes more than five minutes."""
        if self._process is not None:
            # Nothing to save in a temporary one.
            saved = _terminate(self._process, 0 if self._temporary else STOP_SECONDS)
            if not saved:
                self._half_saved.touch()
            self._pid_file.unlink(missing_ok=True)
            self._process = None
        self._release_lock()
        if self._temporary is not None:
            self._temporary.cleanup()

    def erase(self) -> None:
        """Throw away the saved state, before `start`; CloudError while somebody uses it."""
        self.state.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        for entry in self.state.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
        self._release_lock()

    def alive(self) -> bool:
        """Whether the child process is still running."""
        return self._process is not None and self._process.poll() is None

    def wait(self) -> None:
        """Block until the child process ends by itself."""
        if self._process is not None:
            self._process.wait()

    def reset(self) -> None:
        """Empty every service, persisted state included."""
        self.request("/_ministack/reset", method="POST")

    def messages(self) -> list[dict[str, Any]]:
        """The e-mails sent so far (keys To, Subject, BodyText, …), oldest first."""
        answer = self.request("/_ministack/ses/messages")
        return [message for account in answer["messages"].values() for message in account]

    def text_messages(self) -> list[dict[str, Any]]:
        """The SMS messages sent so far (keys PhoneNumber, Message, …), oldest first."""
        answer = self.request("/_ministack/sns/sms-messages")
        return [
            {"PhoneNumber": number} | message
            for number, messages in answer["sms_messages"].items()
            for message in messages
        ]

    def request(self, path: str, method: str = "GET") -> Any:
        """Call one of the emulator's own endpoints; the answer as decoded JSON."""
        import ssl

        context = ssl.create_default_context(cafile=str(self.certificate)) if self.certificate else None
        call = urllib.request.Request(self.endpoint + path, method=method)
        with urllib.request.urlopen(call, timeout=60, context=context) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _half_saved(self) -> Path:
        """There when the emulator was killed while it saved: then some services are new and some are old."""
        return self.state / "half-saved"

    @property
    def _pid_file(self) -> Path:
        return self.state / "cloud.pid"

    def _take_lock(self) -> None:
        self._lock = (self.state / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._release_lock()
            raise CloudError(
                f"Skolkit is already running with the state in {self.state}. Stop it (Ctrl-C there)."
            ) from error

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _await_orphan(self) -> None:
        """Let an emulator whose supervisor was killed finish saving its state."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._pid_file.read_text())
            deadline = time.monotonic() + STOP_SECONDS
            while _is_emulator(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)

    def _spawn(self) -> None:
        # Functions are unpacked under TMPDIR at every start and never removed after a crash.
        temporary = self.state / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        if self.auth:
            maker = Path(__file__).with_name("certificate.py")
            subprocess.run([str(self._python), str(maker), str(self.state / "tls")], check=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [str(self._python), str(EMULATOR)],
                cwd=self.state,
                env=self._process_environment(temporary),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal must reach only the supervisor, which stops the emulator in order.
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid))

    def _process_environment(self, temporary: Path) -> dict[str, str]:
        """Only what is needed: whatever the emulator sees, every function sees too."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            # Not the user's: a function must not find real credentials in ~/.aws.
            "HOME": str(temporary),
            "TMPDIR": str(temporary),
            "TZ": "UTC",
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.state / "services"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.state / "s3"),
            "LAMBDA_EXECUTOR": "local",
            "LAMBDA_WARM_TTL_SECONDS": "60",
            # AWS refuses the token when the trigger that adds the claims fails.
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONUNBUFFERED": "1",
        } | (self._auth_environment() if self.auth else {})

    def _auth_environment(self) -> dict[str, str]:
        return {
            "AUTH": "true",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(self.certificate),
            "MINISTACK_SSL_KEY": str(self.state / "tls" / "server.key"),
        }

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.alive():
                break
            with contextlib.suppress(OSError, ValueError):
                self.request("/_ministack/health")
                return
            time.sleep(0.05)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise CloudError(f"The embedded AWS did not start. The end of {self.log}:\n{tail}")


def _is_emulator(pid: int) -> bool:
    """Whether the process is there and, where the system tells, is an emulator of ours."""
    if Path("/proc/self/cmdline").exists():
        return str(EMULATOR).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    os.kill(pid, 0)
    return True


def _terminate(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Ask the child to stop, give it time to save its state, then kill it with its functions; whether it
    came to an end by itself.
    """
    child.terminate()
    ended = False
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
        ended = True
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    if child.stdin is not None:
        child.stdin.close()
    return ended
