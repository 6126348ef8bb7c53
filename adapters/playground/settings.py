"""What the playground itself needs to know, read from the environment and `.env`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080

# A value in any of these names a backend that is not ours to simulate.
REAL_BACKENDS = {
    "AIMLAPI_API_KEY": "AI/ML API",
    "SEGMIND_API_KEY": "Segmind",
    "RUNWARE_API_KEY": "Runware",
    "OPENAI_COMPATIBLE_BASE_URL": "the OpenAI-compatible server",
}


class SettingsError(Exception):
    """The settings of the playground are wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the playground listens, where it keeps its world, and what it stands in for.

    `discord` and `aimlapi` are True for what has no key of its own; `real` names the
    backends that have one, which stay real inside the playground.
    """

    host: str
    port: int
    data: Path
    discord: bool
    aimlapi: bool
    real: tuple[str, ...]

    @property
    def world(self) -> Path:
        """Return the folder of the stand-ins' world."""
        return self.data / "playground"

    @property
    def bot_data(self) -> Path:
        """Return the folder that the bot keeps its own database in."""
        return self.data / "bot"


def read_settings(environ: Mapping[str, str | None]) -> Settings:
    """Read the settings; an empty value counts as unset, as in the bot."""

    def value(name: str) -> str:
        return (environ.get(name) or "").strip()

    port = value("PLAYGROUND_PORT") or str(DEFAULT_PORT)
    if not port.isdecimal() or int(port) > 65535:
        raise SettingsError("PLAYGROUND_PORT: a port number from 0 (any free one) to 65535")
    return Settings(
        host=value("HTTP_HOST") or LOOPBACK,
        port=int(port),
        data=Path(value("DATA_DIR") or "data").resolve(),
        discord=not value("DISCORD_TOKEN"),
        aimlapi=not value("AIMLAPI_API_KEY"),
        real=tuple(title for name, title in REAL_BACKENDS.items() if value(name)),
    )
