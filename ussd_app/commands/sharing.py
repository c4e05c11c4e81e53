"""Commands for sharing rules: see what a rule makes of a lot, before anything is written."""

import json
import sys
from pathlib import Path
from typing import Never

import click
from flask.cli import AppGroup

from models import sharing

rules = AppGroup("sharing", help="The rules by which lots are shared.")


@rules.command()
@click.argument("file", type=click.Path(path_type=Path))
def preview(file: Path) -> None:
    """Share the pot of FILE (- for standard input) by its rule: JSON in, JSON out; nothing is kept.

    What cannot be shared is said in one sentence on standard error, with exit code 1 and nothing on standard output.
    """
    try:
        asked = sharing.read(_document(file))
        result = sharing.share(asked.rule, asked.pot, asked.counts, asked.team, asked.advances)
    except OSError as error:
        _refuse(f"{str(file)!r} cannot be read: {error.strerror}")
    except sharing.Unshareable as refusal:
        _refuse(str(refusal))
    click.echo(json.dumps(_shown(result), ensure_ascii=False))


def _refuse(why: str) -> Never:
    click.echo(why, err=True)
    sys.exit(1)


def _document(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _shown(result: sharing.Result) -> dict[str, object]:
    lines = [
        {"step": line.step, "label": line.label, "to": line.to, "amount": line.amount, "rest": line.rest}
        for line in result.lines
    ]
    return {"lines": lines, "shares": result.shares, "recovered": result.recovered, "net": result.net}


COMMANDS = (rules,)
