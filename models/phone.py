"""Phone numbers: any spelling comes in, one spelling (E.164) is kept."""

import re
from functools import lru_cache

import phonenumbers

E164 = re.compile(r"\+[1-9][0-9]{7,14}")

COUNTRIES = ("ML", "CI", "GN", "SN", "BF", "CF")


class NotAPhone(ValueError):
    """The text is not a phone number that can exist."""


def is_e164(text: str) -> bool:
    """Whether a number is written as the gateways write it: plus, country, number, at most 15 digits (ITU-T E.164)."""
    return E164.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def parse(text: str, country: str) -> str:
    """Read a number in local or international spelling and give it in E.164.

    `country` (ISO 3166, such as ML) is where a number without its country code is dialled.
    Raises NotAPhone when no such number can exist there.
    """
    spelled = text.strip()
    if spelled.startswith("00"):
        spelled = "+" + spelled[2:]
    try:
        number = phonenumbers.parse(spelled, country)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone("not a phone number") from error
    if not phonenumbers.is_possible_number(number):
        raise NotAPhone("not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def country(number: str) -> str | None:
    """The country of an E.164 number (ISO 3166), or None when it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
