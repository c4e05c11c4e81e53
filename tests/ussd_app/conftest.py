"""A gateway over real HTTP, and an outbox behind it."""

from collections.abc import Iterator

import pytest

from tests.conftest import Clock
from tests.gateway import Server
from tests.outbox import Outbox


@pytest.fixture
def server() -> Iterator[Server]:
    """A gateway that accepts everything, until a test has it behave otherwise."""
    with Server() as made:
        yield made


@pytest.fixture
def outbox(settings: dict[str, str], clock: Clock, server: Server) -> Iterator[Outbox]:
    """An empty outbox, on each kind of database."""
    made = Outbox(settings, clock, server.url)
    yield made
    made.engine.dispose()
