"""The catalogues: what a translator may word freely, and what must stay as it is in French."""

import ast
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from flows.keywords_match import match
from models import gsm
from ussd_app import catalogues
from ussd_app.config import ROOT

TEMPLATE = catalogues.LOCALES / "messages.pot"
FILES = {path.parent.parent.name: path for path in sorted(catalogues.LOCALES.glob("*/LC_MESSAGES/messages.po"))}
COMPLETE = ("en",)
SOURCES = sorted(path for folder in catalogues.SPEAKING for path in (ROOT / folder).rglob("*.py"))

# Written down here, since common tools know half of these languages wrongly or not at all.
ONE_FORM, ZERO_IS_ONE, ONE_OR_MORE = (
    "nplurals=1; plural=0;",
    "nplurals=2; plural=(n > 1);",
    "nplurals=2; plural=(n != 1);",
)
PLURALS = {
    **dict.fromkeys(("bm", "dyu", "emk", "wo", "sg"), ONE_FORM),
    **dict.fromkeys(("fr", "ff", "ff_GN"), ZERO_IS_ONE),
    **dict.fromkeys(("en", "snk"), ONE_OR_MORE),
}
NOT_TO_SEND = {"AG", "SMS"}
TYPOGRAPHIC = frozenset("‘’‚“”„«»‹›‐‑‒–—―−…\u00a0\u2007\u2009\u202f")


def named(text: str) -> set[str] | None:
    """The names of the placeholders, or None when one is more, or less, than a name in braces."""
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
    except ValueError:
        return None
    if any(not str(name).isidentifier() or form or conversion for _text, name, form, conversion in fields):
        return None
    return {str(name) for _text, name, _form, _conversion in fields}


def same_placeholders(french: str, said: str, _language: str) -> bool:
    """The same values are filled in, and nothing is looked up inside them."""
    return named(french) is not None and named(french) == named(said)


def same_lines(french: str, said: str, _language: str) -> bool:
    """As many lines, and a line that starts with a digit to press starts with that digit."""
    lines = [[re.findall(r"^\d*", line)[0] for line in text.split("\n")] for text in (french, said)]
    return lines[0] == lines[1]


def same_edges(french: str, said: str, _language: str) -> bool:
    """No space more or less before and after."""
    edges = [(text[: -len(text.lstrip())], text[len(text.rstrip()) :]) for text in (french, said)]
    return edges[0] == edges[1]


def same_keywords(french: str, said: str, _language: str) -> bool:
    """The words to send, in capitals, ask for the same things."""
    words = [set(re.findall(r"\b[A-Z]{2,}\b", text)) - NOT_TO_SEND for text in (french, said)]
    return {match(word) for word in words[0]} == {match(word) for word in words[1]}


def plain(_french: str, said: str, _language: str) -> bool:
    """No curly quotes, long dashes, dots in one letter, or spaces that do not break."""
    return TYPOGRAPHIC.isdisjoint(said)


def sendable(_french: str, said: str, language: str) -> bool:
    """Every letter has a spelling in the alphabet of every phone."""
    return not gsm.to_gsm7(said, language).unmapped


CHECKS: Mapping[str, Callable[[str, str, str], bool]] = {
    check.__name__: check for check in (same_placeholders, same_lines, same_edges, same_keywords, plain, sendable)
}


def read(file: bytes) -> Catalog:
    return read_po(BytesIO(file), locale=None)


def sentences(catalogue: Catalog) -> set[tuple[str, str]]:
    return {(str(entry.context), str(entry.id)) for entry in catalogue if entry.id}


def waiting(catalogue: Catalog) -> list[str]:
    """The sentences that are not said in this language: without a translation, or with one that is only a guess."""
    return [str(entry.id) for entry in catalogue if entry.id and (not entry.string or entry.fuzzy)]


def header_is_right(file: bytes, language: str) -> bool:
    """The header names the language, and its plural forms."""
    wanted = {f'"Language: {language}\\n"', f'"Plural-Forms: {PLURALS[language]}\\n"'}
    return wanted <= set(file.decode().splitlines())


def unplain(source: str) -> list[str]:
    """The calls of `_` and `mark` whose sentence cannot be collected.

    A sentence is a plain string between the brackets. Besides, `_` may say a value of a table of the same file (the
    file is the context of its sentences): a name given once, at the top level, to a dict whose every value is marked.
    """
    tree = ast.parse(source)
    tables = {name for statement in tree.body for name in _marked_table(statement)}
    return [
        ast.unparse(call)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _called(call) and not _collected(call)
        if not (_called(call) == "_" and call.args and _looked_up(call.args[0]) in tables)
    ]


def _called(call: ast.Call) -> str:
    name = ast.unparse(call.func)
    return {"_": "_", "mark": "mark", "i18n.mark": "mark"}.get(name, "")


def _collected(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)


def _looked_up(argument: ast.expr) -> str:
    return argument.value.id if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name) else ""


def _marked_table(statement: ast.stmt) -> Iterator[str]:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(statement.value, ast.Dict):
        return
    if all(isinstance(value, ast.Call) and _called(value) == "mark" for value in statement.value.values):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_the_template_is_what_the_code_says() -> None:
    assert catalogues.template() == TEMPLATE.read_bytes(), "run: flask --app wsgi words update"


def test_every_complete_language_has_a_catalogue() -> None:
    assert set(COMPLETE) <= set(FILES)


@pytest.mark.parametrize("language", FILES)
def test_a_catalogue_has_the_sentences_of_the_template(language: str) -> None:
    assert sentences(read(FILES[language].read_bytes())) == sentences(read(TEMPLATE.read_bytes()))


@pytest.mark.parametrize("language", COMPLETE)
def test_no_sentence_of_a_complete_language_waits(language: str) -> None:
    assert waiting(read(FILES[language].read_bytes())) == []


@pytest.mark.parametrize("check", CHECKS)
def test_french_keeps_the_rules(check: str) -> None:
    said = [french for _context, french in sentences(read(TEMPLATE.read_bytes()))]
    assert [french for french in said if not CHECKS[check](french, french, "fr")] == []


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("language", FILES)
def test_a_translation_keeps_the_rules(language: str, check: str) -> None:
    said = [(str(entry.id), str(entry.string)) for entry in read(FILES[language].read_bytes()) if entry.string]
    assert [pair for pair in said if pair[0] and not CHECKS[check](*pair, language)] == []


@pytest.mark.parametrize("language", FILES)
def test_the_header_names_the_language_and_its_plurals(language: str) -> None:
    assert header_is_right(FILES[language].read_bytes(), language)


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="msgfmt (package gettext) is not installed here")
@pytest.mark.parametrize("language", FILES)
def test_msgfmt_finds_no_fault(language: str, tmp_path: Path) -> None:
    command = ["msgfmt", "--check", "-o", str(tmp_path / "out.mo"), str(FILES[language])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_sentence_in_the_code_can_be_collected(path: Path) -> None:
    assert unplain(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("check", "french", "said"),
    [
        ("same_placeholders", "Payé : {paid}", "Paid:"),
        ("same_placeholders", "Payé : {paid}", "Paid: {amount}"),
        ("same_placeholders", "Payé : {paid}", "Paid: {paid} {}"),
        ("same_placeholders", "Payé : {paid}", "Paid: {paid"),
        ("same_placeholders", "Payé : {paid.amount}", "Paid: {paid.amount}"),
        ("same_placeholders", "Payé : {paid[0]}", "Paid: {paid[0]}"),
        ("same_placeholders", "Payé : {paid!r}", "Paid: {paid!r}"),
        ("same_placeholders", "Payé : {paid:>9}", "Paid: {paid:>9}"),
        ("same_lines", "Oui ou non ?\n1 Oui", "Yes or no? 1 Yes"),
        ("same_lines", "1 Oui\n2 Non", "2 No\n1 Yes"),
        ("same_lines", "9 Suite", "More"),
        ("same_edges", "Suite", "More "),
        ("same_edges", "Suite\n", "More"),
        ("same_keywords", "Envoyez COTI ou PART", "Send DUES or FEES"),
        ("same_keywords", "Répondez OUI ou NON", "Reply YES or STOP"),
        ("plain", "C'est noté", "It’s noted"),
        ("plain", "Trop facile : une année", "Too easy – a year"),
        ("plain", "Trop facile : une année", "Trop facile\u00a0: une année"),
        ("sendable", "Réunion", "ߟߊߘߍ"),
        ("sendable", "Réunion", "اجتماع"),
    ],
)
def test_a_check_finds_a_broken_translation(check: str, french: str, said: str) -> None:
    assert not CHECKS[check](french, said, "bm")


@pytest.mark.parametrize("entry", ['msgid "Suite"\nmsgstr ""', '#, fuzzy\nmsgid "Suite"\nmsgstr "More"'])
def test_an_empty_or_fuzzy_sentence_is_found_waiting(entry: str) -> None:
    assert waiting(read(entry.encode())) == ["Suite"]


@pytest.mark.parametrize(
    "header",
    [
        '"Language: bm\\n"',
        '"Plural-Forms: nplurals=1; plural=0;\\n"',
        '"Language: en\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"',
        '"Language: bm\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"',
    ],
)
def test_a_wrong_header_is_found(header: str) -> None:
    assert not header_is_right(f'msgid ""\nmsgstr ""\n{header}\n'.encode(), "bm")


@pytest.mark.parametrize(
    "source",
    [
        '_(f"Payé : {paid}")',
        '_("Payé : " + paid)',
        '_("Payé : %s" % paid)',
        "_(sentence)",
        "_()",
        "mark(SENTENCE)",
        'i18n.mark(f"Payé : {paid}")',
        "_(elsewhere.TABLE[kind])",
        'TABLE = {1: "Oui"}\n_(TABLE[1])',
        'TABLE = {1: mark("Oui"), 2: "Non"}\n_(TABLE[1])',
        'def say():\n    TABLE = {1: mark("Oui")}\n    return _(TABLE[1])',
    ],
)
def test_a_sentence_that_cannot_be_collected_is_found(source: str) -> None:
    assert len(unplain(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '_("Payé : {paid}", paid=paid)',
        '_("Une phrase " "en deux morceaux")',
        'TABLE = {1: mark("Oui")}\n_(TABLE[1])',
        'TABLE: Mapping[int, str] = {1: i18n.mark("Oui")}\n_(TABLE[kind])',
    ],
)
def test_a_plain_sentence_or_a_marked_table_may_be_said(source: str) -> None:
    assert unplain(source) == []
