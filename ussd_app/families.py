"""Gateways of the CON/END family: they differ in the names of their fields, so each is a line of the settings.

`USSD_GATEWAYS` holds them with ; between, each written like an address: a name, and after ? what is not as Africa's
Talking has it, such as `moov?session=SESSION&phone=MSISDN&text=INPUT&method=GET`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl

from flows.engine.memory import Reply
from ussd_app.gateways import Adapter, Answer, Door, Form, Press, Read
from ussd_app.gateways.forms import asked, extension, field, filled, ordinal, plussed, posted


@dataclass(frozen=True, slots=True)
class Family:
    """A gateway of the family: how it names its fields, and what it wants before a page.

    `sends` is `whole` where each press brings all inputs of the session, `last` where it brings its own only; then
    `sequence` names the field that counts the presses from `first`: without it a repeat looks like an answer given
    twice. `code` names the field of the service code, to be taken off what was dialled.
    """

    session: str = "sessionId"
    phone: str = "phoneNumber"
    text: str = "text"
    code: str = ""
    sends: str = "whole"
    sequence: str = ""
    first: str = "1"
    method: str = "POST"
    more: str = "CON "
    end: str = "END "

    def press(self, gateway: str, form: Form) -> Press:
        """A press. Raises Malformed."""
        session, number, text = filled(form, self.session), plussed(form, self.phone), field(form, self.text)
        if self.sends == "whole":
            return Press(gateway, session, number, text)
        step = ordinal(form, self.sequence)
        begins = step == self.first
        if begins:
            text = extension(text, field(form, self.code) if self.code else "")
        return Press(gateway, session, number, text, step, begins)

    def page(self, _read: Read, reply: Reply | None) -> Answer:
        """A page with its prefix."""
        return Answer("" if reply is None else (self.end if reply.over else self.more) + reply.text)


def adapter(name: str, family: Family) -> Adapter:
    """A gateway of the family, as the service knows it."""
    carried = posted if family.method == "POST" else asked
    read: Callable[[Form], Read] = lambda form: family.press(name, form)  # noqa: E731 - a door's reader, in place
    return Adapter(name, {"ussd": Door(carried(read), family.page, (family.method,))})


def families(text: str, taken: Collection[str]) -> Mapping[str, Adapter]:
    """The gateways of a setting. Raises ValueError with words that say which one is wrong."""
    made: dict[str, Adapter] = {}
    for each in filter(None, map(str.strip, re.split(r";(?=\s|$)", text))):
        name, _mark, options = each.partition("?")
        if not re.fullmatch("[a-z][a-z0-9-]{0,23}", name) or name in taken or name in made:
            raise ValueError(f"{name[:24]!r} is no name of its own, of small letters and digits")
        made[name] = adapter(name, _family(name, options))
    return made


def _family(name: str, options: str) -> Family:
    given = parse_qsl(options, keep_blank_values=True)
    known = {each.name for each in fields(Family)}
    unknown = sorted({key for key, _value in given} - known)
    if unknown or len(dict(given)) != len(given):
        raise ValueError(f"{name} knows only {', '.join(sorted(known))}, each once")
    family = Family(**dict(given))
    if family.method not in ("POST", "GET") or family.sends not in ("whole", "last"):
        raise ValueError(f"{name} needs method=POST or GET, and sends=whole or last")
    if family.sends == "last" and not family.sequence:
        raise ValueError(f"{name} sends the last input only: name the field that counts them with sequence=")
    return family
