"""A phone for tests: it dials, presses, repeats, drops and writes SMS, through the real webhooks."""

from uuid import uuid4

from flask import Flask

from models import reached
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

    def repeat(self) -> str:
        """Have the gateway bring the last press again."""
        return self.send()

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
            fresh = [each for each in reached.received(db, self.number) if each.message_id not in self.read]
        self.read |= {each.message_id for each in fresh}
        return [simulator.words(running, each) for each in reversed(fresh)]


class JsonPhone(Phone):
    """A phone behind a gateway that sends the last input only, as JSON, and counts."""

    def dial(self, extension: str = "") -> str:
        """Start a session."""
        self.session, self.count = uuid4().hex, 1
        dialled = f"{CODE[:-1]}*{extension}#" if extension else CODE
        return self._post("Initiation", dialled)

    def press(self, *typed: str) -> str:
        """Answer the page shown."""
        page = ""
        for each in typed:
            self.count += 1
            self.text = each
            page = self._post("Response", each)
        return page

    def repeat(self) -> str:
        """Have the gateway bring the last press again."""
        return self._post("Response", self.text)

    def _post(self, kind: str, message: str) -> str:
        told = {"Type": kind, "Mobile": self.number[1:], "SessionId": self.session, "ServiceCode": CODE.strip("*#")}
        more = {"Message": message, "Operator": "mtn", "Sequence": self.count, "ClientState": "", "Platform": "USSD"}
        answer = self.app.test_client().post(f"/gateways/hubtel/{self.secret}/ussd", json={**told, **more})
        assert answer.status_code == 200, answer.text
        assert answer.content_type == "application/json; charset=utf-8"
        page = answer.get_json()
        assert page["SessionId"] == self.session
        return {"Response": "CON ", "Release": "END "}[page["Type"]] + str(page["Message"])


# Two gateways of the family, as unlike Africa's Talking as they come.
FAMILIES = (
    "whole?session=SESSION&phone=MSISDN&text=INPUT&method=GET&more=1%3B&end=2%3B; "
    "last?session=sid&phone=msisdn&text=msg&code=shortcode&sends=last&sequence=seq&first=0&more=MORE+&end=BYE+"
)


class WholePhone(Phone):
    """A phone behind a gateway of the family that asks, with other names and prefixes."""

    def send(self) -> str:
        """Send the transcript as it stands."""
        query = {"SESSION": self.session, "MSISDN": self.number, "INPUT": self.text}
        answer = self.app.test_client().get(f"/gateways/whole/{self.secret}/ussd", query_string=query)
        assert answer.status_code == 200, answer.text
        return {"1;": "CON ", "2;": "END "}[answer.text[:2]] + answer.text[2:]


class LastPhone(JsonPhone):
    """A phone behind a gateway of the family that sends the last input only, and counts from 0."""

    def _post(self, kind: str, message: str) -> str:
        form = {"sid": self.session, "msisdn": self.number, "msg": message, "shortcode": CODE, "seq": self.count - 1}
        answer = self.app.test_client().post(f"/gateways/last/{self.secret}/ussd", data=form)
        assert answer.status_code == 200, answer.text
        prefix, page = answer.text.split(" ", 1)
        return {"MORE": "CON ", "BYE": "END "}[prefix] + page
