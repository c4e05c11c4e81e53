"""The commands of the office and of whoever runs the service: `flask --app wsgi ...`."""

from flask import Flask

from ussd_app.commands import books, broadcasts, office, phone, running, sharing, texts


def register(app: Flask) -> None:
    """Add every command."""
    for command in (
        *running.COMMANDS,
        *books.COMMANDS,
        *broadcasts.COMMANDS,
        *office.COMMANDS,
        *phone.COMMANDS,
        *sharing.COMMANDS,
        *texts.COMMANDS,
    ):
        app.cli.add_command(command)
