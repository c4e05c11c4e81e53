"""The gateway: a process of its own that posts presses, some at a time, each on a connection of its own.

It reads a phase as one line of JSON, plays it, and writes one line with the time of each press.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

HANDS = 2
HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Played:
    """A phase: how long it took, how long each press took, and how many answers did not say what they should."""

    seconds: float
    presses: list[float]
    wrong: list[str]


class Client:
    """Plays phases in the other process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def play(
        self, port: int, path: str, bodies: Sequence[str], says: str, rate: float = 0.0, hands: int = HANDS
    ) -> Played:
        """Post these bodies, so many at a time; at a rate a second, or as fast as they are answered."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        phase = {"port": port, "path": path, "bodies": bodies, "says": says, "rate": rate, "hands": hands}
        self._process.stdin.write(json.dumps(phase) + "\n")
        self._process.stdin.flush()
        return Played(**json.loads(self._process.stdout.readline()))


@contextmanager
def client() -> Iterator[Client]:
    """Start the other process, and end it."""
    command = [sys.executable, "-m", "benchmarks.client"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Client(process)
        finally:
            process.terminate()


def _post(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(request)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def _play(port: int, path: str, bodies: Sequence[str], says: str, rate: float, hands: int) -> dict[str, Any]:
    requests = [(HEAD.format(path=path, length=len(body)) + body).encode() for body in bodies]
    turn, began, wanted = count(), time.perf_counter(), says.encode()
    presses: list[float] = []
    wrong: list[str] = []

    def work() -> None:
        while (index := next(turn)) < len(requests):
            due = began + index / rate if rate else 0.0
            time.sleep(max(0.0, due - time.perf_counter()))
            # At a rate, a press that had to wait for a free hand is late from when it was due.
            since = due or time.perf_counter()
            answer = _post(port, requests[index])
            presses.append(time.perf_counter() - since)
            if b" 200 OK" not in answer or wanted not in answer:
                wrong.append(answer.decode(errors="replace"))

    with ThreadPoolExecutor(hands) as pool:
        for hand in [pool.submit(work) for _hand in range(hands)]:
            hand.result()
    return {"seconds": time.perf_counter() - began, "presses": presses, "wrong": wrong[:1]}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_play(**json.loads(line))), flush=True)
