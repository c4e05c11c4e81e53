"""A phone for tests: it dials, presses, repeats, drops and writes SMS, through the real webhooks."""

from uuid import uuid4

from flask import Flask

from models import messages
from ussd_app import service, simulator
from ussd_app.db import reading

CODE = "*384*77#"


class Phone:
    """A feature phone with one number."""

    def __init__(self, app: Flask, number: str, secret: str) -> None:
        self.app, self.number, self.secret = app, number, secret
        self.session = self.text = ""
        self.read: set[int] = set()

    def dial(self, extension: str = "") -> str:
        """Start a session; an extension is what follows the service code in a dialled string."""
        self.session, self.text = f"ATUid_{uuid4().hex}", extension
        return self.send()

    def press(self, *typed: str) -> str:
        """Answer the page shown, once or several times; the last page comes back."""
        page = ""
        for each in typed:
            self.text = f"{self.text}*{each}" if self.text else each
            page = self.send()
        return page

    def go(self, *typed: str) -> str:
        """Dial and press."""
        page = self.dial()
        return self.press(*typed) if typed else page

    def send(self) -> str:
        """Send the transcript as it stands: again, when it was sent before."""
        form = {"sessionId": self.session, "phoneNumber": self.number, "networkCode": "99999"}
        answer = self.post("ussd", {**form, "serviceCode": CODE, "text": self.text})
        assert answer.startswith(("CON ", "END ")), answer
        return answer

    def write(self, words: str, sms_id: str | None = None) -> None:
        """Send an SMS to the service."""
        form = {"date": "2026-11-22 10:00:00", "from": self.number, "to": "38477"}
        self.post("sms", {**form, "id": sms_id or str(uuid4()), "text": words})

    def post(self, kind: str, form: dict[str, str]) -> str:
        """Post a callback of Africa's Talking."""
        answer = self.app.test_client().post(f"/gateways/africastalking/{self.secret}/{kind}", data=form)
        assert answer.status_code == 200, answer.text
        return answer.text

    def received(self) -> list[str]:
        """Send what waits in the outbox; the SMS that reached this phone since it was asked last, oldest first."""
        running = service.of(self.app)
        running.sender().drain()
        with reading(running.engine) as db:
            fresh = [each for each in messages.received(db, self.number) if each.message_id not in self.read]
        self.read |= {each.message_id for each in fresh}
        return [simulator.words(running, each) for each in reversed(fresh)]
