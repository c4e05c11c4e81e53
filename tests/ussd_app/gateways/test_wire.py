"""The line to a gateway: kept where the gateway says so, for a moment; nothing travels along that was not given."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway import Behaviour, Reply, Server, always, unused_port, wait_until
from ussd_app.gateways import wire


@pytest.fixture
def server() -> Iterator[Server]:
    """A gateway that keeps its connections, and says so."""
    with Server(saying("keep-alive", stays=True)) as made:
        yield made


def saying(word: str | None, *, stays: bool) -> Behaviour:
    """Answer with a word on the connection, and keep it or not."""
    return always(Reply(b"ok", 200, {"Connection": word} if word else {}, stays))


def call(server: Server) -> tuple[int, bytes]:
    return wire.call(server.url, data={"to": "x"})


def test_a_line_that_is_kept_is_used_again(server: Server) -> None:
    assert [call(server) for _time in range(3)] == [(200, b"ok")] * 3
    assert (len(server.heard), server.connections) == (3, 1)


@pytest.mark.parametrize("word", [None, "close"])
def test_a_line_that_nobody_promised_is_not(server: Server, word: str | None) -> None:
    server.behave = saying(word, stays=True)
    for _time in range(3):
        call(server)
    assert (len(server.heard), server.connections) == (3, 3)


def test_a_line_that_rested_is_not(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "REST", 0.0)
    for _time in range(3):
        call(server)
    assert (len(server.heard), server.connections) == (3, 3)


def test_a_gateway_that_breaks_its_word_is_called_anew(server: Server) -> None:
    server.behave = saying("keep-alive", stays=False)
    before = threading.active_count()
    for _time in range(3):
        assert call(server) == (200, b"ok")
        wait_until(lambda: threading.active_count() <= before)  # it has hung up
    assert (len(server.heard), server.connections) == (3, 3)


def test_an_answer_without_end_ends_its_line(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_AT_MOST", 1)
    assert [call(server) for _time in range(2)] == [(200, b"o")] * 2
    assert server.connections == 2


def test_each_thread_has_a_line_of_its_own(server: Server) -> None:
    for _time in range(2):
        other = threading.Thread(target=call, args=(server,))
        other.start()
        other.join()
        call(server)
    assert (len(server.heard), server.connections) == (4, 3)


def test_no_cookie_goes_back(server: Server) -> None:
    server.behave = always(Reply(b"ok", 200, {"Connection": "keep-alive", "Set-Cookie": "who=me"}, stays=True))
    for _time in range(2):
        call(server)
    assert all("cookie" not in heard.headers for heard in server.heard)


def test_no_credentials_that_lie_about_are_sent(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    call(server)
    assert "authorization" not in server.heard[0].headers


def test_a_proxy_of_the_environment_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    address = f"http://127.0.0.1:{unused_port()}/version1"
    assert wire.call(address, data={"to": "x"}) == (200, b"ok")
    assert server.heard[0].path == address
