"""Read the settings from the environment and `.env`, and report every problem at once.

The environment wins over `.env`. A secret may stand in a file of its own, which NAME_FILE names.
The table of settings is in `bot.settings`.
"""

from __future__ import annotations

import difflib
import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream

from bot.contradictions import contradictions, knows_models, warnings
from bot.errors import ConfigError
from bot.offered import ModelRow, OfferedModel
from bot.ports import Limit
from bot.settings import ROWS, TABLE, phrase_problem
from bot.values import CostLine, LogFormat, PlaygroundMode, Secret, SegmindApi, Switch

YEAR_2024 = 1_704_067_200  # UTC, in seconds

# Names of other programs that may stand in the same `.env`.
_FOREIGN_PREFIXES = ("COMPOSE_", "DOCKER_", "PYTHON")
_FOREIGN = {"TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
# What other programs read from the environment, near as it is to ours.
_OTHERS = {"DISCORD_WEBHOOK", "DISCORD_WEBHOOK_URL", "SLACK_WEBHOOK", "SLACK_WEBHOOK_URL"}
_OTHERS |= {"HTTPS_PORT", "HTTPS_HOST", "LOGLEVEL", "MODEL"}
# Whatever else begins like these in the environment is meant for us: DISCORD_, SLACK_, ...
_OUR_BEGINNINGS = (*(group.prefix for group in TABLE if group.prefix), "PLAYGROUND")
# Secrets of containers are files: https://docs.docker.com/compose/how-tos/use-secrets/
FILE_SUFFIX = "_FILE"
_FILED = {f"{name}{FILE_SUFFIX}": name for name, row in ROWS.items() if row.secret}
MOST_SECRET_BYTES = 64 * 1024
MOST_ENV_BYTES = 1024 * 1024
# How near any other name must be before it counts as ours misspelt: 0.86 takes HTTP_PORTT and
# leaves HTTP_PROXY alone.
_NEAR = 0.86


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the operator decides. What is not set and has no default is None.

    `sources` tells for each name where its value came from: environment, .env, file or default.
    """

    discord_token: Secret | None
    discord_api_base: str
    discord_gateway_url: str
    discord_cdn_base: str
    discord_dev_server: str | None
    slack_bot_token: Secret | None
    slack_app_token: Secret | None
    slack_signing_secret: Secret | None
    slack_command: str
    slack_admin_group: str | None
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
    segmind_uploads: Switch
    segmind_api: SegmindApi
    segmind_rpm: int
    segmind_low_credits: Decimal
    runware_api_key: Secret | None
    runware_base_url: str
    default_model: str | None
    fallback_model: str | None
    models: tuple[ModelRow, ...]
    context_tokens: int
    system_prompt: str
    admin_ids: frozenset[str]
    image_model: str
    image_price: Decimal | None
    image_retention_days: int
    timezone: ZoneInfo
    limits: tuple[Limit, ...]
    spend_cap: int | None
    spike_alarm: int | None
    cost_line: CostLine
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
        judge_models: Callable[[Settings], Mapping[str, str]] = lambda settings: {},
    ) -> Settings:
        """Read and judge all settings. Raises `ConfigError` with every problem found.

        `judge_models` says in a phrase for each setting what is wrong with the models that it
        names: which there are is known to the backends.
        """
        problems: list[str] = []
        if now() < YEAR_2024:
            problems.append("The clock of this machine is before 2024; set it first.")
        filed = _read_env_file(env_file, problems) if env_file else {}
        texts = {**filed, **environ}
        secrets, unread = _read_secret_files(texts)
        problems += unread
        # What a file was to hold is neither missing nor misread beside that.
        blamed = {_FILED[problem.split()[0]] for problem in unread}
        read, misread = _parse({**texts, **secrets})
        for name, phrases in misread.items():
            problems += [phrase_problem(name, phrase) for phrase in phrases if name not in blamed]
        problems += _misspelt(environ, filed)
        sources = {name: _source(name, environ, filed, secrets) for name in ROWS}
        settings = cls(**{name.lower(): value for name, value in read.items()}, sources=sources)
        # What follows from a misread setting is not a problem of its own.
        unclear = frozenset(misread) | blamed
        problems += contradictions(settings, unclear)
        named = settings.default_model or settings.fallback_model or settings.models
        if named and knows_models(settings, unclear):
            judged = judge_models(settings)
            problems += [phrase_problem(name, phrase) for name, phrase in judged.items()]
        if problems:
            raise ConfigError(problems)
        twice = [name for name in environ if name in filed and environ[name] != filed[name]]
        return replace(settings, warnings=tuple(warnings(settings, twice)))

    @property
    def database(self) -> Path:
        """Return the path of the SQLite file."""
        return self.database_url or self.data_dir / "threadbot.db"

    @property
    def has_slack(self) -> bool:
        """Tell whether Slack is to be connected."""
        return bool(self.slack_bot_token)

    @property
    def has_platform(self) -> bool:
        """Tell whether a platform is to be connected."""
        return bool(self.discord_token) or self.has_slack

    @property
    def has_backend(self) -> bool:
        """Tell whether a chat backend is configured."""
        keys = (self.aimlapi_api_key, self.segmind_api_key, self.openai_compatible_base_url)
        return any(keys)

    @property
    def wants_playground(self) -> bool:
        """Tell whether stand-ins are to be started around the bot."""
        if self.playground == "auto":
            return not self.has_platform
        return self.playground == "on"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be logged."""
        held = (getattr(self, name.lower()) for name in ROWS)
        return tuple(value.reveal() for value in held if isinstance(value, Secret))


def peek(name: str, environ: Mapping[str, str], env_file: Path | None = None) -> Any:
    """Return one setting, whatever else is missing or wrong.

    Raises `ConfigError` if the file or this one setting cannot be read.
    """
    problems: list[str] = []
    texts = {**(_read_env_file(env_file, problems) if env_file else {}), **environ}
    secrets, unread = _read_secret_files(texts)
    problems += [problem for problem in unread if _FILED[problem.split()[0]] == name]
    read, misread = _parse({**texts, **secrets})
    problems += [phrase_problem(name, phrase) for phrase in misread.get(name, [])]
    if problems:
        raise ConfigError(problems)
    return read[name]


# --- reading -----------------------------------------------------------------------------


_UNSET: dict[str, object] = {
    "OPENAI_COMPATIBLE_MODELS": (),
    "MODELS": (),
    "LIMITS": (),
    "ADMIN_IDS": frozenset(),
}


def _parse(texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the value of every row, and what is wrong with those that could not be read."""
    read: dict[str, Any] = {}
    misread: dict[str, list[str]] = {}
    for name, row in ROWS.items():
        read[name] = _UNSET.get(name)
        if name in texts or row.default:
            try:
                read[name] = row.parse(texts.get(name, row.default))
            except ValueError as error:
                misread[name] = [str(phrase) for phrase in error.args]
    return read, misread


def _read_env_file(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            read = file.read(MOST_ENV_BYTES + 1)
        if len(read) > MOST_ENV_BYTES:
            problems.append(f".env cannot be read: it is over {MOST_ENV_BYTES} bytes.")
            return {}
        # As a text file is read: any line ends, no mark at the start.
        stream = io.StringIO(read.decode().replace("\r\n", "\n").replace("\r", "\n"))
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


def _read_secret_files(texts: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the secrets that stand in files of their own, and what is wrong with those.

    A path is not repeated: the secret itself may have been put in its place.
    """
    secrets: dict[str, str] = {}
    problems: list[str] = []
    for name, of in _FILED.items():
        if name not in texts:
            continue
        try:
            if of in texts:
                raise ValueError(f"and {of} are both set; remove one")
            secrets[of] = _read_secret(Path(texts[name]))
        except ValueError as error:
            problems.append(f"{name} {error}.")
    return secrets, problems


def _read_secret(path: Path) -> str:
    try:
        with path.open("rb") as file:
            read = file.read(MOST_SECRET_BYTES + 1)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "no reason given").lower()
        raise ValueError(f"names a file that cannot be read: {why}") from None
    try:
        # The line that an editor ends a file with is no part of the secret.
        text = read.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError("names a file that is not UTF-8 text") from None
    if not text.strip():
        raise ValueError("names an empty file")
    if len(read) > MOST_SECRET_BYTES:
        raise ValueError(f"names a file of more than {MOST_SECRET_BYTES} bytes")
    return text


def _source(
    name: str, environ: Mapping[str, str], filed: Mapping[str, str], secrets: Mapping[str, str]
) -> str:
    if name in secrets:
        return "file"
    return "environment" if name in environ else ".env" if name in filed else "default"


def _misspelt(environ: Mapping[str, str], filed: Mapping[str, str]) -> Iterator[str]:
    """Yield unknown names of the file, and those of the environment that were meant for us."""
    for name in filed:
        foreign = name.startswith(_FOREIGN_PREFIXES) or name.upper() in _FOREIGN
        if name not in ROWS and name not in _FILED and not foreign:
            near = _nearest(name, 0.6)
            hint = f"; did you mean {near}?" if near else "."
            yield f"{name} in .env is not a setting{hint}"
    for name in environ:
        if name in ROWS or name in _FILED or name in filed or name.upper() in _OTHERS:
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
