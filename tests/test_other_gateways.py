"""Golden conversations through gateways of another shape: the same is said, whoever carries it."""

from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.phone import JsonPhone, LastPhone, Phone, WholePhone
from tests.test_transcripts import FILES, Stage

# Where conversations are kept makes no difference to what a gateway carries: the long tests look once more.
KINDS = ["sqlite", pytest.param("postgresql+redis", marks=pytest.mark.long)]


@pytest.mark.parametrize("made", [JsonPhone, WholePhone, LastPhone])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_another_gateway_hears_the_same(file: Path, made: type[Phone], app: Flask, clock: Clock, kind: str) -> None:
    script = file.read_text()
    assert Stage(app, clock, made).play(script) == script
