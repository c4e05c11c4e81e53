"""The commands of the office and of whoever runs the service: `flask --app wsgi ...`."""

from flask import Flask

from ussd_app.commands import books, money, office, phone, running, sharing, texts, two_keys


def register(app: Flask) -> None:
    """Add every command."""
    for command in (
        *running.COMMANDS,
        *books.COMMANDS,
        *office.COMMANDS,
        *money.COMMANDS,
        *two_keys.COMMANDS,
        *phone.COMMANDS,
        *sharing.COMMANDS,
        *texts.COMMANDS,
    ):
        app.cli.add_command(command)
