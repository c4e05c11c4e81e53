"""Web servers with one worker, each on a free port of 127.0.0.1, ended by its own id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
SYNC, THREADS, GRANIAN = "gunicorn sync", "gunicorn gthread", "Granian"
MANY_AT_ONCE = 16
MANY_THREADS = f"gunicorn gthread, {MANY_AT_ONCE} threads"
PATIENCE = 30.0

_COMMANDS = {
    SYNC: ["gunicorn", "--workers=1", "--log-level=warning", "--bind=127.0.0.1:{port}", "{app}"],
    THREADS: ["gunicorn", "--workers=1", "--threads=4", "--log-level=warning", "--bind=127.0.0.1:{port}", "{app}"],
    MANY_THREADS: [
        "gunicorn",
        "--workers=1",
        f"--threads={MANY_AT_ONCE}",
        "--log-level=warning",
        "--bind=127.0.0.1:{port}",
        "{app}",
    ],
    GRANIAN: ["granian", "--interface=wsgi", "--workers=1", "--no-ws", "--log-level=error", "--port={port}", "{app}"],
}
_OURS = ("APP_", "DATABASE_URL", "LEDGER_HEADS", "REDIS_URL", "WEBHOOK_SECRETS", "GUNICORN_", "GRANIAN_")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and the process that does the work."""

    port: int
    worker: psutil.Process

    def cpu(self) -> float:
        """The seconds of CPU the worker has used, its own and the kernel's for it."""
        times = self.worker.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """The memory of the worker."""
        return float(self.worker.memory_info().rss / 2**20)


@contextmanager
def serving(server: str, app: str, settings: Mapping[str, str]) -> Iterator[Server]:
    """Start a server over an application, and end it with its worker."""
    port = _free_port()
    command = [part.format(port=port, app=app) for part in _COMMANDS[server]]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    with ExitStack() as stack:
        master = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env={**kept, **settings})
        stack.callback(_end, master)
        yield Server(port, _worker(master, port))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _worker(master: subprocess.Popen[bytes], port: int) -> psutil.Process:
    """The child that answers, once it does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and master.poll() is None:
        children = psutil.Process(master.pid).children()
        working = [each for each in children if "resource_tracker" not in " ".join(each.cmdline())]
        if working and _answers(port):
            return working[-1]
        time.sleep(0.05)
    raise RuntimeError("a server did not start")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as probe:
            probe.settimeout(5)
            probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return probe.recv(4) == b"HTTP"
    except OSError:
        return False


def _end(master: subprocess.Popen[bytes]) -> None:
    """End a server and what it started, each by its id."""
    started = psutil.Process(master.pid).children(recursive=True) if master.poll() is None else []
    master.terminate()
    try:
        master.wait(10)
    except subprocess.TimeoutExpired:
        master.kill()
        master.wait()
    _gone, left = psutil.wait_procs(started, timeout=3)
    for each in left:
        each.kill()
