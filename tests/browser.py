"""A person at the demo's phone page: a real Chromium, the real application behind it, and a witness of what it asks."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from ussd_app import service

HOST = "127.0.0.1"
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
)
SENDER_PAUSE_S = 0.1
PATIENCE_MS = 10_000


def executable() -> str:
    """Where Chromium is. Without one the test is skipped; in CI it fails."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("chromium is missing: in CI the browser tests must run")
    if found is None:
        pytest.skip("chromium is not installed")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium with a folder of its own, that finds no host but this machine."""
    path = executable()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield started
        started.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free port, with its sender beside it; its address."""
    server, stop = make_server(HOST, 0, app, threaded=True), Event()
    serving = Thread(target=server.serve_forever, args=(0.05,))
    sending = Thread(target=service.of(app).sender().run, args=(SENDER_PAUSE_S, stop))
    serving.start()
    sending.start()
    try:
        yield f"http://{HOST}:{server.port}"
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        sending.join()
        serving.join()


class Witness:
    """Notes every request and every complaint of the pages of a browser."""

    def __init__(self, context: BrowserContext) -> None:
        self.addresses: list[str] = []
        self.complaints: list[str] = []
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _note_request(self, request: Request) -> None:
        self.addresses.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def outside(self) -> list[str]:
        """The addresses asked for that are not of this machine; an empty picture in the page itself is no address."""
        return [each for each in self.addresses if each != "data:," and urlsplit(each).hostname != HOST]

    def telling(self) -> list[str]:
        """The addresses that hold something as long as a phone number."""
        return [each for each in self.addresses if re.search(r"\d{7}", "".join(urlsplit(each)[2:]))]


class Handset:
    """The phone of the page, in a person's hand."""

    def __init__(self, page: Page, address: str, album: Path) -> None:
        self.page, self.album = page, album
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{address}/phone")
        page.wait_for_selector("#screen:not(:empty)")

    def take(self, number: str) -> None:
        """Take the phone of a number, from the list when it is there, and wait until its messages are shown."""
        listed = self.page.locator(f'#caller option[value="{number}"]').count() > 0
        self.page.select_option("#caller", number if listed else "other")
        if not listed:
            self.page.fill("#other", number)
            self.page.press("#other", "Tab")
        self.page.wait_for_selector(f'#inbox[data-owner="{number}"]', state="attached")

    def dial(self) -> str:
        """Press the green key; the page that comes."""
        self.page.click("#dial")
        return self._heard(1)

    def answer(self, *typed: str) -> str:
        """Type answers on the keyboard of the computer, each with Enter; the last page that comes."""
        for each in typed:
            hops = self.hops
            self.page.fill("#reply", each)
            self.page.press("#reply", "Enter")
            self._heard(hops + 1)
        return self.screen

    def key(self, *answers: str) -> str:
        """Type answers on the keys of the phone, each with the left key under the screen; the last page that comes."""
        for each in answers:
            hops = self.hops
            self.tap(each)
            self.page.click("#send")
            self._heard(hops + 1)
        return self.screen

    def tap(self, keys: str) -> None:
        """Press keys of the phone."""
        for each in keys:
            self.page.click(f'[data-key="{each}"]')

    def click(self, *parts: str) -> None:
        """Click parts of the page."""
        for each in parts:
            self.page.click(f"#{each}")

    def write(self, words: str) -> str:
        """Send an SMS from the pane of messages; the newest answer, once there is one more than before."""
        before = self.page.locator("#inbox li.sms").count()
        self.page.fill("#sms-text", words)
        self.page.click("#sms-send")
        expect(self.page.locator("#inbox li.sms")).to_have_count(before + 1, timeout=PATIENCE_MS)
        return self.messages[0]

    def sees(self, state: str) -> None:
        """Wait until the phone is in a state."""
        self.page.wait_for_selector(f'body[data-state="{state}"]')

    def picture(self, name: str) -> None:
        """Keep what the page looks like."""
        self.page.screenshot(path=self.album / f"{name}.png")

    @property
    def screen(self) -> str:
        """The words on the screen of the phone."""
        return self.page.text_content("#screen") or ""

    @property
    def hops(self) -> int:
        """How many requests the call has sent."""
        return int(self.page.get_attribute("body", "data-hops") or 0)

    @property
    def messages(self) -> list[str]:
        """The SMS received, newest first."""
        return self.page.locator("#inbox li.sms p").all_text_contents()

    def _heard(self, hop: int) -> str:
        there = f'body[data-hops="{hop}"]'
        self.page.wait_for_selector(f'{there}[data-state="open"], {there}[data-state="ended"]')
        return self.screen
