"""How a callback carries its fields: in a form, in the address, or as JSON. Read to the letter, nothing is repaired."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from models import phone
from ussd_app.gateways import Form, Malformed, Read, Reader, Request

FIELDS_AT_MOST = 40
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def read_form(media_type: str, body: bytes) -> Form:
    """Read a form to the letter: UTF-8 without NUL, each field once. Raises Malformed; nothing is repaired.

    Flask's own reading would take a body of any size, drop bytes that are no UTF-8, and keep the first of two fields.
    """
    if media_type != FORM:
        raise Malformed(f"the body must be {FORM}", 415)
    try:
        return read_fields(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("the body must be UTF-8") from error


def read_fields(text: str) -> Form:
    """The fields of a form or of an address, read as `urllib.parse.parse_qsl` does. Raises Malformed."""
    form: dict[str, str] = {}
    pairs = text.split("&")
    if len(pairs) > FIELDS_AT_MOST:
        raise Malformed("the body holds too many fields")
    try:
        for pair in filter(None, pairs):
            name, _, value = pair.partition("=")
            if "%" in name or "+" in name:
                name = _plain(name)
            if "%" in value or "+" in value:
                value = _plain(value)
            if name in form:
                raise Malformed("a field stands twice")
            form[name] = value
    except UnicodeDecodeError as error:
        raise Malformed("the body must be UTF-8") from error
    if "\0" in "".join([*form, *form.values()]):
        raise Malformed("a field holds NUL")
    return form


def _plain(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode()


def bare(media_type: str) -> str:
    """A media type without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def posted(reader: Reader) -> Callable[[Request], Read]:
    """Read a form that was posted."""
    return lambda request: reader(read_form(bare(request.media_type), request.body))


def asked(reader: Reader) -> Callable[[Request], Read]:
    """Read the fields of the address."""
    return lambda request: reader(read_fields(request.query))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise Malformed("a field stands twice")
    return read


def read_json(request: Request) -> Mapping[str, Any]:
    """A JSON object that was posted: UTF-8 without NUL, each field once. Raises Malformed."""
    if bare(request.media_type) != JSON:
        raise Malformed(f"the body must be {JSON}", 415)
    try:
        text = request.body.decode("utf-8")
        read = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Malformed("the body must be JSON in UTF-8") from error
    except ValueError as error:  # a number of thousands of digits
        raise error if isinstance(error, Malformed) else Malformed("the body holds a number too long") from error
    if not isinstance(read, dict):
        raise Malformed("the body must be a JSON object")
    if "\\u0000" in text or "\\ud" in text.lower():
        _whole(read)
    return read


def _no_number(_name: str) -> None:
    raise Malformed("the body holds a number that is none")


def _whole(read: object) -> None:
    """Refuse what no database keeps: NUL, and halves of letters. Raises Malformed."""
    try:
        written = json.dumps(read, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("a field holds half a letter") from error
    if b"\\u0000" in written:
        raise Malformed("a field holds NUL")


def field(form: Mapping[str, Any], name: str) -> str:
    """A field that must be there, as text. Raises Malformed."""
    value = form.get(name)
    if isinstance(value, str):
        return value
    if value is None:
        raise Malformed(f"{name} is missing")
    if type(value) is not int:
        raise Malformed(f"{name} is not a text")
    return str(value)


def filled(form: Mapping[str, Any], name: str) -> str:
    """A field that must hold something, of a length that a name can have. Raises Malformed."""
    value = field(form, name)
    if not value or len(value) > 200:
        raise Malformed(f"{name} is empty or too long")
    return value


def number(form: Mapping[str, Any], name: str) -> str:
    """A number in E.164, to the letter. Raises Malformed."""
    return _e164(field(form, name), name)


def plussed(form: Mapping[str, Any], name: str) -> str:
    """A number in E.164 from a gateway that leaves out the plus. Raises Malformed."""
    return _e164("+" + field(form, name).removeprefix("+"), name)


def _e164(value: str, name: str) -> str:
    if not phone.is_e164(value):
        raise Malformed(f"{name} is not a number in E.164")
    return value


def ordinal(form: Mapping[str, Any], name: str) -> str:
    """The number of a press in its session, as it is counted there. Raises Malformed."""
    value = field(form, name)
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Malformed(f"{name} is not a number")
    return str(int(value))


def extension(dialled: str, service_code: str) -> str:
    """What was dialled behind the service code: `1*2` of `*713*4*1*2#`; nothing where it is another code."""
    whole, code = dialled.strip("*#"), service_code.strip("*#")
    return whole.removeprefix(f"{code}*") if whole.startswith(f"{code}*") else ""
