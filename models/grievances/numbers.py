"""The number and the secret code of a case: neither tells how many cases there are."""

import secrets

from models import vault
from models.checkdigit import check_digit


def is_reference(text: str) -> bool:
    """Whether a number can be a case's: six digits whose last one checks the others."""
    return len(text) == 6 and text.isascii() and text.isdigit() and check_digit(text) == "0"


def new_reference() -> str:
    """A number, drawn."""
    drawn = f"{secrets.randbelow(90_000) + 10_000}"
    return drawn + check_digit(drawn)


def new_code() -> str:
    """A secret code of four digits, drawn."""
    return f"{secrets.randbelow(10_000):04d}"


def new_id() -> int:
    """The id of a row that others may come to see: drawn, and small enough for any reader of JSON."""
    return secrets.randbelow(2**53 - 1) + 1


def code_digest(reference: str, code: str) -> str:
    """What is kept of the secret code of a case."""
    return vault.digest("case code", f"{reference}:{code}")


def reference_digest(reference: str) -> str:
    """What a case is found by."""
    return vault.digest("case number", reference)


def reveal_digest(phone: str, member_id: int | None = None) -> str:
    """By what a phone is known whose case was not shown yet; with a member, only that member on that phone."""
    return vault.digest("reveal", phone if member_id is None else f"{phone} {member_id}")
