"""Values as they are typed: days, files, fineness, percentages."""

import sys
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from models.sharing.values import MILLION
from ussd_app.registers import cells
from ussd_app.registers.problems import Wrong

DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)
NUMBER = click.IntRange(1, 2**63 - 1)  # of a row: what no database holds is a wrong use of the command


def read(path: Path) -> bytes:
    """What a file says; - is standard input. Raises OSError."""
    return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()


def place(path: Path) -> Path | None:
    """Where to write; - is standard output, which is None."""
    return None if str(path) == "-" else path


class Word(click.Choice[str]):
    """One of the words of an enumeration."""

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__([each.value for each in words])
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The word itself; what is none of them is a wrong use of the command."""
        return self.words(super().convert(value, param, ctx))


class Fineness(click.ParamType[int]):
    """Fineness as it is said: 21.5k for carats, 896 for parts per thousand; in thousandths of a carat."""

    name = "fineness"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it exactly: what is finer than a thousandth of a carat is refused, not rounded."""
        text = str(value).strip().lower().replace(",", ".")
        try:
            read = Fraction(text.removesuffix("k").strip()) * (1000 if text.endswith("k") else 24)
        except (ValueError, ZeroDivisionError):
            self.fail(f"{text!r} is no fineness; write 21.5k or 896", param, ctx)
        if read.denominator != 1 or not 0 < read <= 24_000 or "/" in text:
            self.fail(f"{text!r} is no fineness; write 21.5k or 896", param, ctx)
        return int(read)


FINENESS = Fineness()


class Percent(click.ParamType[int]):
    """A percentage such as 20 or 3.5, as whole parts per million."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it; what is no percentage is a wrong use of the command."""
        try:
            ppm = Decimal(str(value).replace(",", ".")) * 10_000
        except InvalidOperation:
            self.fail(f"{value} is not a percentage such as 20 or 3.5", param, ctx)
        if not ppm.is_finite() or ppm != int(ppm) or not 0 <= ppm <= MILLION:
            self.fail(f"{value} is not a percentage from 0 to 100, with at most 4 decimals", param, ctx)
        return int(ppm)


PERCENT = Percent()


class Amount(click.ParamType[int]):
    """An amount in whole units, its thousands apart or not: 5000, or '5 000'."""

    name = "amount"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it; a sign is read too, so that whoever bounds it says what is wrong."""
        text = str(value).strip()
        digits = text.removeprefix("-")
        try:
            read = cells.whole(0)(digits)
        except Wrong:
            self.fail(f"{value!r} is no whole amount; write 5000 or '5 000'", param, ctx)
        return -read if text.startswith("-") else read


AMOUNT = Amount()
