"""Commands for the books: import, export, and the proof of the ledger."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from models.money import grouped
from ussd_app import proving, registers, service
from ussd_app.commands.refusing import taken_in, writing
from ussd_app.commands.typed import FILE, place
from ussd_app.db import reading

NOUNS = click.Choice(["cooperatives", "members", "dues", "payments", "lots", "meetings"])


@click.command("import")
@click.argument("noun", type=NOUNS)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and keep nothing.")
@with_appcontext
def read_in(noun: str, file: Path, dry_run: bool) -> None:
    """Read a CSV or XLSX file: all of it, or nothing. The same file twice changes nothing."""
    running = service.current()
    with taken_in(running.engine, dry_run) as db:
        outcome = registers.read_in(db, noun, file, running.clock(), _progress)
    click.echo(f"{outcome.rows} rows: {outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged")


def _progress(rows: int) -> None:
    click.echo(f"{rows} rows...")


@click.command("export")
@click.argument("noun", type=NOUNS)
@click.argument("file", type=FILE, default="-")
@with_appcontext
def write_out(noun: str, file: Path) -> None:
    """Write a register as CSV or XLSX, by the ending of FILE; as CSV on standard output for - or nothing."""
    with writing(), reading(service.current().engine) as db:
        registers.write_out(db, noun, place(file))


ledger = AppGroup("ledger", help="The books.")


@ledger.command("check")
def check_ledger() -> None:
    """Prove the ledger: say the first fault and exit with 1, or say that all is well."""
    found = proving.prove(service.current().engine, lambda read: click.echo(f"{grouped(read)} entries...", err=True))
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    for fault in found.faults:
        click.echo(str(fault), err=True)
    if found.faults:
        sys.exit(1)
    click.echo("the ledger is right")


COMMANDS = (read_in, write_out, ledger)
