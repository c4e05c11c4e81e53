"""The commands of the office and of whoever runs the service: `flask --app wsgi ...`."""

from flask import Flask

from ussd_app.commands import books, lots, office, phone, rules, running, sharing, texts


def register(app: Flask) -> None:
    """Add every command."""
    for command in (
        *running.COMMANDS,
        *books.COMMANDS,
        *lots.COMMANDS,
        *office.COMMANDS,
        *phone.COMMANDS,
        *rules.COMMANDS,
        *sharing.COMMANDS,
        *texts.COMMANDS,
    ):
        app.cli.add_command(command)
