"""Commands for whoever runs the service: bring the database up to date, check the settings, send, tick."""

import signal
import sys
from threading import Event

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from ussd_app import demo, health, jobs, schema, service
from ussd_app.commands.refusing import refuse
from ussd_app.settings import BadSetting

db = AppGroup("db", help="The schema of the database.")


@db.command()
def upgrade() -> None:
    """Bring the database up to date."""
    schema.upgrade(service.current().engine)


@click.command()
@with_appcontext
def check() -> None:
    """Check settings, database and keys; say what is missing."""
    lacks = health.missing(service.current()) or health.locked_out(service.current())
    for lack in lacks:
        click.echo(lack, err=True)
    if lacks:
        sys.exit(1)
    click.echo("settings, database and keys: all well")


@click.command()
@click.option("--drain", is_flag=True, help="Return when nothing is left to send.")
@with_appcontext
def sender(drain: bool) -> None:
    """Send the messages that wait in the outbox."""
    running = service.current()
    if drain:
        jobs.materialise(running)
        click.echo(f"{running.sender().drain()} messages")
        return
    ends = Event()
    for asked in (signal.SIGTERM, signal.SIGINT):  # what it holds is sent or put back, or an upgrade would leave doubts
        signal.signal(asked, lambda *_: ends.set())
    running.sender().run(running.config.tick_seconds, ends)


@click.command()
@click.option("--once", is_flag=True, help="Run every job now, and return.")
@with_appcontext
def scheduler(once: bool) -> None:
    """Run what is due, again and again."""
    if once:
        jobs.run_once(service.current())
    else:
        jobs.run(service.current())


@click.command("demo")
@click.option("--port", type=click.IntRange(1, 65_535), help="Where to serve; PORT unless given.")
@with_appcontext
def play_demo(port: int | None) -> None:
    """Load the demo data where there are none, and serve on 127.0.0.1."""
    running = service.current()
    port = port or running.config.port
    try:
        demo.allow(running.config)
    except BadSetting as error:
        refuse(str(error))
    schema.upgrade(running.engine)
    demo.load(running)
    click.echo(f"http://127.0.0.1:{port}/phone")
    demo.serve(current_app._get_current_object(), port)  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way


COMMANDS = (db, check, sender, scheduler, play_demo)
