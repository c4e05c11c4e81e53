"""A real Kannel with its fake SMSC, and the real service beside it, in a network of their own.

Run as a program inside `unshare -n`, since the fake SMSC listens on every interface: it plays the letters of its
argument through, and prints what happened as JSON.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from models import messages, vault
from models.inbox import Inbound
from models.messages import Message
from models.reports import Report
from ussd_app import create_app, schema, service
from ussd_app.config import Config
from ussd_app.db import reading, transaction
from ussd_app.service import Service

ROOT = Path(__file__).parent.parent
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
SECRET = "test-webhook-secret"
HANDSET = "22370000012"
PORTS = {"admin": 23000, "smsbox": 23001, "smsc": 20000, "sendsms": 23013, "app": 7655}
SETTINGS = {
    "APP_MODE": "test",
    "WEBHOOK_SECRETS": SECRET,
    "GATEWAY": "kannel",
    "KANNEL_URL": f"http://127.0.0.1:{PORTS['sendsms']}",
    "KANNEL_USERNAME": "coop",
    "KANNEL_PASSWORD": "secret",
    "PORT": str(PORTS["app"]),
}
# What docs/gateways.md says to write, with a fake network in the place of a real one.
CONFIGURATION = f"""
group = core
admin-port = {PORTS["admin"]}
admin-interface = 127.0.0.1
admin-password = adminpw
smsbox-port = {PORTS["smsbox"]}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
store-type = spool
store-location = "spool"

group = smsc
smsc = fake
smsc-id = fake1
port = {PORTS["smsc"]}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {PORTS["sendsms"]}
sendsms-interface = 127.0.0.1
global-sender = 40404

group = sendsms-user
username = coop
password = secret
max-messages = 6
concatenation = true
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
post-url = "http://127.0.0.1:{PORTS["app"]}/gateways/kannel/{SECRET}/sms?id=%I"
send-sender = true
accept-x-kannel-headers = true
max-messages = 0
catch-all = true
omit-empty = true
"""


def play(letters: Sequence[str]) -> Any:
    """What happened to letters played by a Kannel in a network of its own. Skips where it is not possible."""
    missing = [each for each in ("bearerbox", "smsbox", "unshare", "ip") if shutil.which(each) is None]
    if missing or not FAKESMSC.exists():
        reason = f"the Debian packages kannel and kannel-extras are not whole: {', '.join(missing) or 'fakesmsc'}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a network of their own")
    command = ["unshare", "-n", sys.executable, "-m", "tests.kannel", json.dumps(list(letters))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def until(true: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(*command: str, ready: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended by its own id."""
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        if ready is not None:
            until(lambda: answers(ready), f"{command[0]} listens")
        yield process
    finally:
        process.terminate()
        process.wait(20)


def main(letters: Sequence[str]) -> None:
    """Play it: letters arrive, the service answers them, and its answers come back to a handset."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    folder = Path(tempfile.mkdtemp(prefix="kannel-"))
    (folder / "spool").mkdir()
    os.chdir(folder)
    Path("kannel.conf").write_text(CONFIGURATION)
    app = create_app(Config.read({**SETTINGS, "DATABASE_URL": f"sqlite:///{folder / 'kannel.sqlite3'}"}))
    parts = service.of(app)
    schema.upgrade(parts.engine)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(running("bearerbox", "-v", "4", "kannel.conf", ready=PORTS["smsc"]))
        stack.enter_context(running("smsbox", "-v", "4", "kannel.conf", ready=PORTS["sendsms"]))
        web = make_server("127.0.0.1", PORTS["app"], app, threaded=True)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        stack.callback(web.shutdown)
        for number, letter in enumerate(letters, 1):  # one by one: it would choose among several by chance
            with running(*fakesmsc("-m", "1", f"{HANDSET} 40404 {letter}")):
                until(partial(came, parts, number), f"letter {number} arrives")
        handset = stack.enter_context(running(*fakesmsc()))
        heard: list[str] = []
        threading.Thread(target=heard.extend, args=(handset.stdout or (),), daemon=True).start()
        time.sleep(3)  # until the former one is missed, what is sent is lost on it
        with transaction(parts.engine) as db:
            messages.queue(db, f"+{HANDSET}", "fr", "dial", {"page": "meeting"}, "a notice", parts.clock())
        parts.sender().drain()
        until(lambda: {"delivered"} == set(states(parts)), f"delivered, and not {states(parts)}")
        until(lambda: "".join(heard).count("Got message") > len(letters), "the handset shows them")
        time.sleep(1)  # the rest of the last one
        with reading(parts.engine) as db:
            reports = sorted(db.execute(select(Report.status)).scalars())
        words = arrived(parts)
    print(json.dumps({"arrived": words, "reports": reports, "heard": "".join(heard)}))


def fakesmsc(*given: str) -> Sequence[str]:
    """A handset behind the fake SMSC."""
    return (str(FAKESMSC), "-H", "127.0.0.1", "-r", str(PORTS["smsc"]), "-i", "0.1", *given)


def arrived(parts: Service) -> list[tuple[str, str]]:
    """The phone and the words of each letter that arrived."""
    with reading(parts.engine) as db:
        rows = db.execute(select(Inbound.phone, Inbound.words_sealed).order_by(Inbound.id)).all()
    return [(phone, vault.unseal(sealed)) for phone, sealed in rows]


def came(parts: Service, number: int) -> bool:
    """Whether so many letters arrived."""
    return len(arrived(parts)) == number


def states(parts: Service) -> list[str]:
    """Where the messages are."""
    with reading(parts.engine) as db:
        return list(db.execute(select(Message.state)).scalars())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
