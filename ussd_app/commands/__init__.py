"""The commands of the office and of whoever runs the service: `flask --app wsgi ...`."""

from flask import Flask

from ussd_app.commands import books, closings, office, papers, phone, running, sharing, statements, texts


def register(app: Flask) -> None:
    """Add every command."""
    for command in (
        *running.COMMANDS,
        *books.COMMANDS,
        *statements.COMMANDS,
        *closings.COMMANDS,
        *papers.COMMANDS,
        *office.COMMANDS,
        *phone.COMMANDS,
        *sharing.COMMANDS,
        *texts.COMMANDS,
    ):
        app.cli.add_command(command)
