"""Commands for sharing rules: see what a rule makes of a lot, before anything is written."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from models import sharing
from ussd_app.commands.refusing import in_a_sentence
from ussd_app.commands.typed import read

rules = AppGroup("sharing", help="The rules by which lots are shared.")


@rules.command()
@click.argument("file", type=click.Path(path_type=Path))
def preview(file: Path) -> None:
    """Share the pot of FILE (- for standard input) by its rule: JSON in, JSON out; nothing is kept.

    What cannot be shared is said in one sentence on standard error, with exit code 1 and nothing on standard output.
    """
    with in_a_sentence():
        asked = sharing.read(read(file))
        result = sharing.share(asked.rule, asked.pot, asked.counts, asked.team, asked.advances)
    click.echo(json.dumps(_shown(result), ensure_ascii=False))


def _shown(result: sharing.Result) -> dict[str, object]:
    lines = [
        {"step": line.step, "label": line.label, "to": line.to, "amount": line.amount, "rest": line.rest}
        for line in result.lines
    ]
    return {"lines": lines, "shares": result.shares, "recovered": result.recovered, "net": result.net}


COMMANDS = (rules,)
