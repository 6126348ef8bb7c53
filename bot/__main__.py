"""The command line: what each command prints, and the code that each failure ends with."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
import structlog

from bot import config, logs, shown, values
from bot.commands.table import ROWS as COMMANDS
from bot.composition import VERSION, Service, compose, judge_models, open_console
from bot.console import Printed
from bot.errors import BotError, ConfigError
from bot.settings import ROWS
from bot.turns.worker import GRACE_SECONDS

__all__ = ["Service", "compose", "main"]

log = structlog.get_logger(__name__)

# sysexits.h, so that a supervisor can tell a fault that a restart heals from one it does not.
EXIT_DAMAGED = 65
EXIT_PORT_IN_USE = 71
EXIT_UNWRITABLE = 73
EXIT_ALREADY_RUNNING = 75
EXIT_CONFIG = 78
# One Ctrl-C may come twice, from the terminal and from whatever started us.
SAME_SIGNAL_SECONDS = 0.5
NAME = "Threadbot"


# --- the command line -------------------------------------------------------------------------


@click.group(invoke_without_command=True, help="A chat bot for Discord and Slack.")
@click.pass_context
def main(context: click.Context) -> None:
    """Run the bot when no other command is given."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command(help="Serve (the default).")
def run() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    settings = _load()
    if settings.wants_playground:
        # The playground is the outside world: it starts the bot as its own child.
        os.execv(sys.executable, [sys.executable, "-m", "adapters.playground"])  # noqa: S606
    logs.configure(settings.log_level, settings.log_format, settings.secrets)
    for warning in settings.warnings:
        log.warning(warning)
    for line in shown.show(settings).splitlines():
        log.debug("setting", line=line)
    sys.exit(asyncio.run(_serve(settings)))


def _load() -> config.Settings:
    try:
        return config.Settings.load(os.environ, Path(".env"), judge_models=judge_models)
    except ConfigError as error:
        _refuse(error)


def _refuse(error: ConfigError) -> NoReturn:
    """Say what is wrong with the settings, and end."""
    click.echo("The settings need attention:", err=True)
    for problem in error.problems:
        click.echo(f"  - {problem}", err=True)
    sys.exit(EXIT_CONFIG)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at the first SIGTERM or Ctrl-C, and end the process at the second."""

    loop = asyncio.get_running_loop()
    asked_at = 0.0

    def heard(number: int) -> None:
        nonlocal asked_at
        if stop.is_set():
            if loop.time() - asked_at < SAME_SIGNAL_SECONDS:
                return
            log.warning("ending now; what was under way goes on at the next start")
            os._exit(128 + number)
        asked_at = loop.time()
        stop.set()
        log.info(
            f"asked to stop: answers under way get up to {GRACE_SECONDS:.0f} s;"
            " Ctrl-C or SIGTERM again ends now"
        )

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, heard, name)


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Look for no garbage among what is made in here, nor later: it stays as long as the process.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


async def _serve(settings: config.Settings) -> int:
    from adapters.web.surface import PortInUse
    from storage import errors as stored

    stop = asyncio.Event()
    stop_on_signals(stop)
    codes: dict[type[BotError], int] = {
        ConfigError: EXIT_CONFIG,
        PortInUse: EXIT_PORT_IN_USE,
        stored.AlreadyRunning: EXIT_ALREADY_RUNNING,
        stored.Unwritable: EXIT_UNWRITABLE,
        stored.Damaged: EXIT_DAMAGED,
        stored.TooNew: EXIT_DAMAGED,
        stored.Changed: EXIT_DAMAGED,
        stored.Unsupported: EXIT_CONFIG,
    }
    try:
        with _nothing_thrown_away():
            service = await compose(settings)
        await service.run(stop)
    except BotError as error:
        log.error("cannot go on", reason=str(error))
        return next((code for kind, code in codes.items() if isinstance(error, kind)), 1)
    return 0


@main.command(help="Ask the running bot whether it is well; for container health checks.")
def health() -> None:
    """Exit 0 if the bot that runs with these settings answers."""
    from adapters.web.probe import ask

    settings = _load()
    well, words = ask(settings.http_host, settings.http_port)
    click.echo(words)
    sys.exit(0 if well else 1)


@main.command(help="Print the version.")
def version() -> None:
    """Print the version."""
    click.echo(f"threadbot {VERSION}")


# --- limits -------------------------------------------------------------------------------------

_PLATFORM = click.option(
    "--platform",
    type=click.Choice(["", "discord", "slack"]),
    metavar="NAME",
    default="",
    help="discord or slack; else the whole bot.",
)
_WORKSPACE = click.option(
    "--workspace", metavar="ID", default="", help="The server's or workspace's id; else everywhere."
)
_OUT = click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where files go.",
)
_YES = click.option("--yes", is_flag=True, help="Do not ask before what is hard to take back.")


@main.command(
    context_settings={"ignore_unknown_options": True},
    help="Show and set limits, as in chat: quota set user ID 50 requests per day.",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@_PLATFORM
@_WORKSPACE
@_OUT
@_YES
def quota(
    words: tuple[str, ...], platform: str, workspace: str, out: Path | None, yes: bool
) -> None:
    """Run a command about limits on the database, whether the bot runs or not."""
    _print(" ".join(("quota", *words)), platform, workspace, out, yes=yes)


@main.command(help="Show who used what: day, week, month (the usual), last-month, ever …")
@click.argument("period", required=False, default="")
@_PLATFORM
@_WORKSPACE
@_OUT
def report(period: str, platform: str, workspace: str, out: Path | None) -> None:
    """Print the report, and what the bot's own account is billed and has left."""
    _print(f"quota report {period}".strip(), platform, workspace, out, yes=False)


def _print(words: str, platform: str, workspace: str, out: Path | None, *, yes: bool) -> NoReturn:
    """Run a command, print what came of it, and end."""
    if workspace and not platform:
        raise click.UsageError("--workspace is one of a platform: add --platform NAME.")
    # What is printed is the answer alone.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    settings = _within_playground(_load())
    run = _run_words(settings, words, platform, workspace, draws=out is not None, yes=yes)
    try:
        printed = asyncio.run(run)
    except BotError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    files = printed.reply.files
    if out is None and [file.name for file in files] == ["ledger.csv"]:
        click.echo(files[0].content.decode(), nl=False)
        sys.exit(0)
    click.echo(printed.text, err=not printed.done)
    if out is not None and files:
        out.mkdir(parents=True, exist_ok=True)
        for file in files:
            (out / file.name).write_bytes(file.content)
            click.echo(f"Written: {out / file.name}")
    sys.exit(0 if printed.done else 1)


def _within_playground(settings: config.Settings) -> config.Settings:
    """Return the settings of the bot that a playground runs: its database, its simulated models."""
    if not settings.wants_playground:
        return settings
    from adapters.playground.settings import read_settings

    # No service is called from here: a key only says that its models are there.
    simulated = values.Secret("simulated")
    return replace(
        settings,
        data_dir=read_settings({"DATA_DIR": str(settings.data_dir)}).bot_data,
        aimlapi_api_key=settings.aimlapi_api_key or simulated,
        segmind_api_key=settings.segmind_api_key or simulated,
    )


def _agreed() -> bool:
    """Ask whether to do it; where nobody answers (a script), end with what would do it."""
    try:
        return click.confirm("Nothing is changed yet. Do it?")
    except click.Abort:
        click.echo("\nNothing was changed. Where nobody can answer, add --yes.", err=True)
        sys.exit(1)


async def _run_words(
    settings: config.Settings, words: str, platform: str, workspace: str, *, draws: bool, yes: bool
) -> Printed:
    """Run a command; what is hard to take back is asked about first."""
    async with open_console(settings, platform, workspace, draws=draws) as console:
        printed = await console.run(words)
        if not printed.reply.confirm:
            return printed
        click.echo(printed.text)
        if not yes and not _agreed():
            return Printed(False, "Nothing was changed.")
        return await console.confirm(printed.reply)


# --- setting up ---------------------------------------------------------------------------------


def _checked(parse: Callable[[str], str]) -> Callable[..., str | None]:
    """Return a callback of click that reads an option as a setting is read."""

    def check(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
        try:
            return None if text is None else parse(text)
        except ValueError as error:
            raise click.BadParameter(str(error), context, parameter) from None

    return check


_HTTP = click.option(
    "--http",
    metavar="URL",
    callback=_checked(values.public_url),
    help="The public https address of the bot, for Slack over HTTP; without it Socket Mode.",
)
_COMMAND = click.option(
    "--command",
    metavar="/WORD",
    callback=_checked(values.slack_command),
    help="The slash command; else SLACK_COMMAND.",
)
_NAME = click.option(
    "--name",
    metavar="NAME",
    default=NAME,
    show_default=True,
    callback=_checked(values.app_name),
    help="The name of the app and its bot.",
)


@main.command(help="Print the links that bring the bot to a Discord server and to Slack.")
@click.argument("application", required=False)
@_HTTP
@_COMMAND
@_NAME
def links(application: str | None, http: str | None, command: str | None, name: str) -> None:
    """Print the invite link of an application (the given one, or the token's), and Slack's."""
    from adapters.discord.permissions import application_id, invite_url
    from adapters.slack.manifest import create_app_url

    if application is None:
        token = _peek("DISCORD_TOKEN")
        application = application_id(token.reveal()) if token else None
    click.echo("Discord, to invite the bot to a server:")
    if application is None:
        click.echo(
            f"  Set DISCORD_TOKEN (get it: {ROWS['DISCORD_TOKEN'].where}), or give the"
            " application's id, which its General Information page shows."
        )
    else:
        click.echo(f"  {invite_url(application)}")
    click.echo("Slack, to create the app in your workspace:")
    click.echo(f"  {create_app_url(_manifest(http, command, name))}")


@main.group(name="manifest", help="Print what a platform's app is made of.")
def manifest_group() -> None:
    """Group the manifests."""


@manifest_group.command(name="slack", help="Print the manifest of the Slack app, as JSON.")
@_HTTP
@_COMMAND
@_NAME
def slack_manifest(http: str | None, command: str | None, name: str) -> None:
    """Print the manifest, made from the table of commands."""
    click.echo(json.dumps(_manifest(http, command, name), indent=2, ensure_ascii=False))


def _manifest(http: str | None, command: str | None, name: str) -> dict[str, Any]:
    from adapters.slack.manifest import manifest

    table = tuple(row.command for row in COMMANDS)
    return manifest(table, name=name, command=command or _peek("SLACK_COMMAND"), http=http)


def _peek(name: str) -> Any:
    """Return one setting: whoever sets the bot up has not yet set everything."""
    try:
        return config.peek(name, os.environ, Path(".env"))
    except ConfigError as error:
        _refuse(error)


@main.group(name="config", help="Show settings.")
def config_group() -> None:
    """Group the commands about settings."""


@config_group.command(help="Print an example .env file.")
def example() -> None:
    """Print the example file."""
    from bot.settings import example as text

    click.echo(text(), nl=False)


@config_group.command(help="Print the settings in force, secrets hidden.")
def show() -> None:
    """Print each setting, where it came from, and its value unless it is secret."""
    click.echo(shown.show(_load()), nl=False)


if __name__ == "__main__":
    main()
