"""Read the settings from the environment and `.env`, and report every problem at once.

The environment wins over `.env`. The table of settings is in `bot.settings`.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from dotenv.parser import parse_stream
from environs import Env, EnvValidationError, ValidationError

from bot import values
from bot.errors import ConfigError
from bot.logs import Redactor
from bot.settings import ROWS, TABLE, Setting
from bot.values import LogFormat, OfferedModel, PlaygroundMode, Secret

YEAR_2024 = 1_704_067_200  # UTC, in seconds

# Names of other programs that may stand in the same `.env`.
_FOREIGN_PREFIXES = ("COMPOSE_", "DOCKER_", "PYTHON")
_FOREIGN = {"TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
# What other programs read from the environment, near as it is to ours.
_OTHERS = {"DISCORD_WEBHOOK", "DISCORD_WEBHOOK_URL", "SLACK_WEBHOOK", "SLACK_WEBHOOK_URL"}
_OTHERS |= {"HTTPS_PORT", "HTTPS_HOST", "LOGLEVEL"}
# Whatever else begins like these in the environment is meant for us: DISCORD_, SLACK_, ...
_OUR_BEGINNINGS = (*(group.prefix for group in TABLE if group.prefix), "PLAYGROUND")
# How near any other name must be before it counts as ours misspelt: 0.86 takes HTTP_PORTT and
# leaves HTTP_PROXY alone.
_NEAR = 0.86


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the operator decides. What is not set and has no default is None.

    `sources` tells for each name where its value came from: environment, .env or default.
    """

    discord_token: Secret | None
    discord_api_base: str
    discord_gateway_url: str
    discord_cdn_base: str
    slack_bot_token: Secret | None
    slack_app_token: Secret | None
    slack_signing_secret: Secret | None
    slack_api_base: str
    aimlapi_api_key: Secret | None
    aimlapi_base_url: str
    openai_compatible_base_url: str | None
    openai_compatible_api_key: Secret | None
    openai_compatible_models: tuple[OfferedModel, ...]
    openai_compatible_api: str
    segmind_api_key: Secret | None
    segmind_base_url: str
    segmind_upload_url: str
    runware_api_key: Secret | None
    runware_base_url: str
    default_model: str | None
    system_prompt: str
    admin_ids: frozenset[str]
    data_dir: Path
    database_url: Path | None
    http_host: str
    http_port: int
    public_url: str | None
    playground: PlaygroundMode
    playground_port: int
    log_level: str
    log_format: LogFormat
    sources: Mapping[str, str]
    warnings: tuple[str, ...] = ()

    @classmethod
    def load(
        cls,
        environ: Mapping[str, str],
        env_file: Path | None = None,
        now: Callable[[], float] = time.time,
        judge_model: Callable[[Settings], str | None] = lambda settings: None,
    ) -> Settings:
        """Read and judge all settings. Raises `ConfigError` with every problem found.

        `judge_model` says in a phrase what is wrong with DEFAULT_MODEL: which models there
        are is known to the backends.
        """
        problems: list[str] = []
        if now() < YEAR_2024:
            problems.append("The clock of this machine is before 2024; set it first.")
        filed = _read_env_file(env_file, problems) if env_file else {}
        read, misread = _parse({**filed, **environ})
        for name, phrases in misread.items():
            problems += [_problem(name, phrase) for phrase in phrases]
        problems += _misspelt(environ, filed)
        sources = {
            name: "environment" if name in environ else ".env" if name in filed else "default"
            for name in ROWS
        }
        settings = cls(**{name.lower(): value for name, value in read.items()}, sources=sources)
        # What follows from a misread setting is not a problem of its own.
        problems += _contradictions(settings, frozenset(misread))
        if settings.default_model and _knows_models(settings, frozenset(misread)):
            phrase = judge_model(settings)
            problems += [_problem("DEFAULT_MODEL", phrase)] if phrase else []
        if problems:
            raise ConfigError(problems)
        return replace(settings, warnings=tuple(_warnings(settings)))

    @property
    def database(self) -> Path:
        """Return the path of the SQLite file."""
        return self.database_url or self.data_dir / "threadbot.db"

    @property
    def has_slack(self) -> bool:
        """Tell whether a token of Slack is set."""
        return bool(self.slack_bot_token or self.slack_app_token)

    @property
    def has_backend(self) -> bool:
        """Tell whether a chat backend is configured."""
        return bool(self.aimlapi_api_key or self.openai_compatible_base_url)

    @property
    def wants_playground(self) -> bool:
        """Tell whether stand-ins are to be started around the bot."""
        if self.playground == "auto":
            return not (self.discord_token or self.has_slack)
        return self.playground == "on"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be logged."""
        held = (getattr(self, name.lower()) for name in ROWS)
        return tuple(value.reveal() for value in held if isinstance(value, Secret))


# --- reading -----------------------------------------------------------------------------


class _Source(Env):
    """Read from one mapping instead of the process's environment."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__(eager=False)
        self._texts = texts

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._texts.get(env_key, default)


_UNSET: dict[str, object] = {"OPENAI_COMPATIBLE_MODELS": (), "ADMIN_IDS": frozenset()}


def _parse(texts: Mapping[str, str]) -> tuple[dict[str, Any], Mapping[str, list[str]]]:
    """Return the value of every row, and what is wrong with those that could not be read."""
    source = _Source(texts)
    for parse in {row.parse for row in ROWS.values()}:
        source.add_parser(f"read_{parse.__name__}", _collected(parse))
    read: dict[str, Any] = {}
    for name, row in ROWS.items():
        if name in texts or row.default:
            read[name] = getattr(source, f"read_{row.parse.__name__}")(name, row.default)
        else:
            read[name] = _UNSET.get(name)
    try:
        source.seal()
    except EnvValidationError as error:
        return read, cast("Mapping[str, list[str]]", error.error_messages)
    return read, {}


def _collected(parse: Callable[[str], object]) -> Callable[[str], object]:
    """Turn a parser's `ValueError` into the kind that environs collects."""

    def parser(text: str) -> object:
        try:
            return parse(text)
        except ValueError as error:
            raise ValidationError([str(phrase) for phrase in error.args]) from None

    return parser


def _read_env_file(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        problems.append(".env cannot be read: it is not UTF-8 text; save it as UTF-8.")
        return {}
    except IsADirectoryError:
        problems.append(".env cannot be read: it is a directory, not a file.")
        return {}
    except OSError as error:
        problems.append(f".env cannot be read: {(error.strerror or 'no reason given').lower()}.")
        return {}
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for binding in bindings:
        # The parser counts the blank lines before a binding as part of it.
        text = binding.original.string
        line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
        if binding.error or (binding.key and binding.value is None):
            problems.append(f".env line {line} is not NAME=value.")
        elif binding.key in found:
            problems.append(
                f".env line {line} sets {binding.key} again (first on line {lines[binding.key]})."
            )
        elif binding.key and binding.value is not None:
            found[binding.key] = binding.value
            lines[binding.key] = line
    return found


def _misspelt(environ: Mapping[str, str], filed: Mapping[str, str]) -> Iterator[str]:
    """Yield unknown names of the file, and those of the environment that were meant for us."""
    for name in filed:
        foreign = name.startswith(_FOREIGN_PREFIXES) or name.upper() in _FOREIGN
        if name not in ROWS and not foreign:
            near = _nearest(name, 0.6)
            hint = f"; did you mean {near}?" if near else "."
            yield f"{name} in .env is not a setting{hint}"
    for name in environ:
        if name in ROWS or name in filed or name.upper() in _OTHERS:
            continue
        beginning = next((one for one in _OUR_BEGINNINGS if name.upper().startswith(one)), None)
        near = _nearest(name, 0.75 if beginning else _NEAR)
        if near and not (beginning and not near.startswith(beginning)):
            yield f"{name} in the environment is not a setting; did you mean {near}?"
        elif beginning:
            ours = ", ".join(row for row in ROWS if row.startswith(beginning))
            yield f"{name} in the environment is not a setting; those that begin so are {ours}."


def _nearest(name: str, cutoff: float) -> str | None:
    near = difflib.get_close_matches(name.upper(), ROWS, n=1, cutoff=cutoff)
    return near[0] if near else None


def _problem(name: str, phrase: str) -> str:
    row = ROWS[name]
    hint = f" Get it: {row.where}." if row.where else ""
    hint += f" Example: {row.example}." if row.example else ""
    # A key may have been pasted into the wrong line.
    return f"{name} {Redactor(())(phrase)}.{hint}"


# --- what belongs together ---------------------------------------------------------------


def _contradictions(settings: Settings, misread: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong among settings; what could not be read counts as given."""

    def given(*names: str) -> bool:
        return any(name in misread or getattr(settings, name.lower()) for name in names)

    if settings.discord_token and settings.discord_api_base == ROWS["DISCORD_API_BASE"].default:
        try:
            values.judge_discord_token(settings.discord_token)
        except ValueError as error:
            yield _problem("DISCORD_TOKEN", str(error))
    yield from _incomplete_server(settings, misread)
    if "PLAYGROUND" in misread:
        return
    slack = given("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
    platform = slack or given("DISCORD_TOKEN")
    if settings.playground == "on" or (settings.playground == "auto" and not platform):
        ports = {"HTTP_PORT", "PLAYGROUND_PORT"}
        if settings.http_port == settings.playground_port and not ports & misread:
            yield "HTTP_PORT and PLAYGROUND_PORT are the same port; change one."
        return
    if slack and not given("DISCORD_TOKEN"):
        yield "Slack is not available in this version; set DISCORD_TOKEN, or PLAYGROUND=on."
    elif not platform:
        phrase = "is missing, and PLAYGROUND=off leaves nothing else to serve"
        yield _problem("DISCORD_TOKEN", phrase)
    if not given("AIMLAPI_API_KEY", "OPENAI_COMPATIBLE_BASE_URL"):
        yield (
            "No chat backend is set. Set AIMLAPI_API_KEY"
            f" (get it: {ROWS['AIMLAPI_API_KEY'].where}), or OPENAI_COMPATIBLE_BASE_URL and"
            " OPENAI_COMPATIBLE_MODELS (a local server needs no key)."
        )


def _knows_models(settings: Settings, misread: frozenset[str]) -> bool:
    """Tell whether it is clear which models there are."""
    server = bool(settings.openai_compatible_models) or not settings.openai_compatible_base_url
    unclear = {"PLAYGROUND", "AIMLAPI_API_KEY", "OPENAI_COMPATIBLE_BASE_URL"}
    unclear |= {"OPENAI_COMPATIBLE_MODELS", "DISCORD_TOKEN"}
    return server and not unclear & misread and (settings.has_backend or settings.wants_playground)


def _incomplete_server(settings: Settings, misread: frozenset[str]) -> Iterator[str]:
    url, models = "OPENAI_COMPATIBLE_BASE_URL", "OPENAI_COMPATIBLE_MODELS"
    if url in misread:
        return
    if settings.openai_compatible_base_url:
        if not settings.openai_compatible_models and models not in misread:
            yield _problem(models, f"is missing; name what {url} serves")
        return
    for name in (models, "OPENAI_COMPATIBLE_API_KEY"):
        if settings.sources[name] != "default":
            yield _problem(url, f"is missing, although {name} is set")
            return


def _warnings(settings: Settings) -> Iterator[str]:
    """Yield what is odd, but no reason not to start."""
    for group in TABLE:
        keys = [row.name for row in group.rows if row.secret]
        if group.later and any(getattr(settings, name.lower()) for name in keys):
            yield f"{group.title} is not available in this version; its settings are not used."
    for name, row in ROWS.items():
        url = getattr(settings, name.lower())
        if row.parse in (values.http_url, values.ws_url) and url and values.travels_open(url):
            yield f"{name} is not encrypted: keys and messages can be read on their way."


# --- showing -----------------------------------------------------------------------------


def show(settings: Settings) -> str:
    """Return the settings in effect and where each comes from, without secrets.

    Each value is shown as it would be written.
    """
    lines = (
        f"{name}={_shown(row, getattr(settings, name.lower()))}  ({settings.sources[name]})\n"
        for name, row in ROWS.items()
    )
    return "".join(lines)


def _shown(row: Setting, value: object) -> str:
    if row.parse is values.sqlite_path and value is not None:
        return f"sqlite:///{value}"
    text = _written(value)
    # What could break the line, or drive a terminal, is shown escaped.
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case OfferedModel(name, window, max_output):
            return ":".join([name, *(str(size) for size in (window, max_output) if size)])
        case tuple():
            return ",".join(map(_written, value))
        case frozenset():
            return ",".join(sorted(map(_written, value)))
        case _:
            return str(value)
