"""The demo phone's page: whom it offers, whose messages it shows, and what it must never do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ussd_app.phone import Caller, Sms, blueprint

AWA = Caller("Awa <b>Traoré</b>", "+22370112233", "Membre, 3 parts")
NOBODY = Caller("Inconnu", "+22507112255", "Dans aucune coopérative")
SENT = datetime(2026, 3, 12, 9, 30, tzinfo=timezone(timedelta(hours=1)))
BOXES = {
    AWA.phone: [Sms(4, SENT, "Payé : 12 000 F", "COOP")],
    NOBODY.phone: [Sms(5, datetime(2026, 3, 13, tzinfo=UTC), "Numéro inconnu", "COOP")],
}


class Page(HTMLParser):
    """The tags of a page with their attributes, and the words inside its scripts and styles."""

    def __init__(self, source: str) -> None:
        """Read ``source``."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inline = ""
        self._inside = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag

    def handle_data(self, data: str) -> None:
        """Note what stands inside a script or a style."""
        if self._inside in {"script", "style"}:
            self.inline += data.strip()

    def values(self, *names: str) -> list[str]:
        """List the values of the attributes of these names."""
        return [value for _, attrs in self.tags for name, value in attrs.items() if name in names]


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    app = Flask(__name__)
    app.register_blueprint(blueprint(lambda: [AWA, NOBODY], lambda phone: BOXES.get(phone, []), "*384*77#", "s3/cret"))
    with app.test_client() as made:
        yield made


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return Page(client.get("/phone").text)


def test_the_page_offers_every_caller_and_another_number(page: Page) -> None:
    options = [attrs["value"] for tag, attrs in page.tags if tag == "option"]
    assert options == [AWA.phone, NOBODY.phone, "other"]
    assert AWA.about in page.values("data-about")


def test_a_callers_name_is_text_and_never_markup(client: FlaskClient) -> None:
    assert "Awa &lt;b&gt;Traoré&lt;/b&gt;" in client.get("/phone").text


def test_the_page_knows_the_code_and_the_webhooks(page: Page) -> None:
    (body,) = [attrs for tag, attrs in page.tags if tag == "body"]
    assert body["data-ussd"] == "/gateways/africastalking/s3%2Fcret/ussd"
    assert body["data-events"].endswith("/events")
    assert body["data-sms"].endswith("/sms")
    assert (body["data-service-code"], body["data-short-code"]) == ("*384*77#", "38477")
    assert body["data-state"] == "idle"


def test_the_inbox_gives_the_messages_of_that_phone_alone(client: FlaskClient) -> None:
    reply = client.post("/phone/inbox", data={"phone": AWA.phone})
    assert reply.json == [{"id": 4, "at": "2026-03-12T08:30:00+00:00", "text": "Payé : 12 000 F", "from": "COOP"}]
    assert reply.headers["Cache-Control"] == "no-store"
    assert client.post("/phone/inbox", data={"phone": "+22370000000"}).json == []


@pytest.mark.parametrize("phone", ["", "70112233", "+223", "+22370112233\n", "+٢٢٣٧٠١١٢٢٣٣"])
def test_the_inbox_refuses_what_is_no_full_number(client: FlaskClient, phone: str) -> None:
    assert client.post("/phone/inbox", data={"phone": phone}).status_code == 400


def test_a_number_is_never_part_of_an_address(client: FlaskClient, page: Page) -> None:
    assert client.get("/phone/inbox", query_string={"phone": AWA.phone}).status_code == 405
    assert not [tag for tag, _ in page.tags if tag == "form"]
    addresses = page.values("href", "src", "action", "data-ussd", "data-events", "data-sms", "data-inbox")
    assert len(addresses) >= 6
    for caller in (AWA, NOBODY):
        assert not [address for address in addresses if caller.phone.lstrip("+") in address]


def test_nothing_runs_inline_and_everything_comes_from_here(client: FlaskClient, page: Page) -> None:
    names = {name for _, attrs in page.tags for name in attrs}
    assert page.inline == ""
    assert not [name for name in names if name == "style" or name.startswith("on")]
    files = [address for address in page.values("href", "src") if address != "data:,"]
    assert len(files) == 2
    for address in files:
        with client.get(address) as reply:
            assert reply.status_code == 200
    policy = client.get("/phone").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
