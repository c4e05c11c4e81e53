"""The catalogues: every French sentence of the program, collected with the file it stands in as its context."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from ussd_app.config import ROOT

LOCALES = ROOT / "locales"
SAYING = {"_": None, "mark": None}
HEADER = (
    "# The sentences of the service. French is the source; a fuzzy entry waits for a native speaker and is not shown."
)
NAMES = {
    "project": "cooperatives",
    "version": "1",
    "msgid_bugs_address": "-",
    "last_translator": "-",
    "language_team": "-",
    "charset": "utf-8",
}
SPEAKING = ("flows", "ussd_app")


def collected() -> Catalog:
    """The sentences of the program as they stand in the code now."""
    catalogue = Catalog(header_comment=HEADER, fuzzy=False, **NAMES)
    for folder in SPEAKING:
        for path in sorted((ROOT / folder).rglob("*.py")):
            _collect(catalogue, path)
    return catalogue


def _collect(catalogue: Catalog, path: Path) -> None:
    for _line, sentence, comments, _context in extract_from_file("python", path, SAYING, ("NOTE:",)):
        where = [(path.relative_to(ROOT).as_posix(), 0)]
        catalogue.add(sentence, None, where, context=path.stem, auto_comments=comments)


def _written(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalogue, width=100, omit_header=False, sort_output=False, include_lineno=False)
    return b"\n".join(line for line in file.getvalue().split(b"\n") if b"Date:" not in line)


def template() -> bytes:
    """The template for translators, as it should stand in locales/messages.pot."""
    return _written(collected())


def update() -> None:
    """Write the template, and bring each catalogue up to it: what is new is empty, what is gone is dropped."""
    (LOCALES / "messages.pot").write_bytes(template())
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=None)
        catalogue.update(collected(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = HEADER
        path.write_bytes(_written(catalogue))
