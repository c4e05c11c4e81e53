"""The demo as it is started: one command, its data, its pages, and a sender beside them."""

import json
import os
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from cryptography.fernet import Fernet

from tests.conftest import SECRET
from tests.gateway import unused_port
from ussd_app.config import ROOT

KINDS = ["sqlite"]
PRODUCTION = {name: Fernet.generate_key().decode() for name in ("SECRET_KEY", "INDEX_KEY", "PIN_PEPPER", "FIELD_KEYS")}
AWA = "+22370000012"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def asked(port: int, path: str, **form: str) -> str:
    """What the demo answers; nothing while it does not."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST" if form else "GET", path, urlencode(form), FORM)
        answer = connection.getresponse()
        return answer.read().decode() if answer.status == 200 else ""
    except OSError:
        return ""
    finally:
        connection.close()


def inbox(port: int) -> list[str]:
    return [each["text"] for each in json.loads(asked(port, "/phone/inbox", phone=AWA) or "[]")]


def test_one_command_loads_the_data_answers_a_dial_and_sends_what_waits(tmp_path: Path) -> None:
    port = unused_port()
    environment = {
        "APP_MODE": "demo",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}",
        "WEBHOOK_SECRETS": SECRET,
        "PORT": str(port),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **quiet) as process:  # type: ignore[call-overload]
        try:
            until = time.monotonic() + 60
            while not asked(port, "/healthz"):
                assert time.monotonic() < until
                time.sleep(0.1)
            here = f"/gateways/africastalking/{SECRET}"
            common = {"phoneNumber": AWA, "networkCode": "99999", "serviceCode": "*384*77#"}
            assert "Qui parle?" in asked(port, f"{here}/ussd", sessionId="ATUid_1", text="1", **common)
            letter = {"from": AWA, "to": "38477", "text": "REUNION", "date": "2026-11-22 10:00:00", "id": "1"}
            asked(port, f"{here}/sms", linkId="1", **letter)
            while not inbox(port):
                assert time.monotonic() < until
                time.sleep(0.1)
            assert inbox(port)[0].startswith("Coop Kogbera: ")
        finally:
            process.terminate()


def test_no_member_is_invented_in_production(tmp_path: Path) -> None:
    books = tmp_path / "books.sqlite3"
    environment = {
        **PRODUCTION,
        "WEBHOOK_SECRETS": "k3Vd8Qw2Zx7Nf5Rt9Yb4Hj6C",
        "GATEWAY": "console",
        "SERVICE_CODE": "*123#",
        "DATABASE_URL": f"sqlite:///{books}",
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    said = "APP_MODE is production: the demo invents members, set APP_MODE=demo to see it.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", said)
    assert not books.exists() or books.stat().st_size == 0
