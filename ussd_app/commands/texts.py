"""Commands for words: what a text becomes on a phone, what an SMS would ask, every screen, the catalogues."""

import json
import sys

import click
from flask.cli import AppGroup, with_appcontext

from flows import i18n, keywords_match
from models import gsm
from ussd_app import catalogues, screens


def _lines() -> list[str]:
    """Standard input, split on line feeds only: a text may hold other separators."""
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    return text.removesuffix("\n").split("\n") if text else []


@click.command()
@click.option("--language", required=True, help="The language of the text, such as fr, bm or sg.")
def gsm7(language: str) -> None:
    """Convert each line of standard input to the GSM alphabet; a JSON object a line."""
    if language not in gsm.LANGUAGES:
        click.echo(f"--language must be one of {', '.join(gsm.LANGUAGES)}", err=True)
        sys.exit(2)
    for line in _lines():
        converted = gsm.to_gsm7(line, language)
        click.echo(
            json.dumps(
                {
                    "text": converted.text,
                    "septets": converted.septets,
                    "segments": converted.segments,
                    "lossy": list(converted.lossy),
                    "unmapped": list(converted.unmapped),
                },
                ensure_ascii=False,
            )
        )


keywords = AppGroup("keywords", help="What an SMS can ask.")


@keywords.command()
def match() -> None:
    """Say what each line of standard input would ask as an SMS: the line, a tab, the intent or -."""
    for line in _lines():
        click.echo(f"{line}\t{keywords_match.match(line) or '-'}")


@click.command()
@click.option("--menu", is_flag=True, help="Write the menu as a Mermaid graph instead.")
@with_appcontext
def flows(menu: bool) -> None:
    """List every screen with its size in septets in each language: each is visited, which takes a minute or more."""
    walk = screens.walked((i18n.SOURCE,) if menu else i18n.SPOKEN)
    click.echo(screens.graph(walk) if menu else screens.table(walk), nl=False)


words = AppGroup("words", help="The catalogues of languages.")


@words.command()
def update() -> None:
    """Collect the sentences of the program into the catalogues; new ones wait for a translator."""
    catalogues.update()


COMMANDS = (gsm7, keywords, flows, words)
