"""What the playground itself needs to know, read from the environment and `.env`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_HTTP_PORT = 8081

# A value in any of these names something that is not ours to simulate.
REAL = {
    "DISCORD_TOKEN": "Discord",
    "SLACK_BOT_TOKEN": "Slack",
    "AIMLAPI_API_KEY": "AI/ML API",
    "OPENAI_COMPATIBLE_BASE_URL": "the OpenAI-compatible server",
    "SEGMIND_API_KEY": "Segmind",
}
# Announced, but nothing uses them yet.
LATER = {"RUNWARE_API_KEY": "Runware"}
PLATFORMS = (REAL["DISCORD_TOKEN"], REAL["SLACK_BOT_TOKEN"])


class SettingsError(Exception):
    """The settings of the playground are wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the playground listens, where it keeps its world, and what it stands in for.

    `port` 0 is any free one; `http_port` is the bot's own. `discord`, `slack`, `aimlapi` and
    `segmind` are True for what has no key of its own; `real` names what has one, which stays
    real in the playground; `unused` names what has one in vain. `public_url` is the bot's own, if
    one is set.
    """

    host: str
    port: int
    http_port: int
    data: Path
    discord: bool
    slack: bool
    aimlapi: bool
    segmind: bool
    real: tuple[str, ...]
    unused: tuple[str, ...] = ()
    public_url: str = ""

    @property
    def simulated(self) -> tuple[str, ...]:
        """Return the names of what is simulated here."""
        stands = (
            ("Discord", self.discord),
            ("Slack", self.slack),
            ("AI/ML API", self.aimlapi),
            ("Segmind", self.segmind),
        )
        return tuple(name for name, stands_in in stands if stands_in)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the settings that would make real what is simulated here."""
        names = []
        if self.discord and self.slack:
            names.append("DISCORD_TOKEN (or SLACK_BOT_TOKEN and SLACK_APP_TOKEN)")
        if not set(self.real) - set(PLATFORMS):
            names.append("AIMLAPI_API_KEY")
        return tuple(names)

    @property
    def platforms(self) -> tuple[str, ...]:
        """Return the ids of the platforms that are simulated here."""
        stands = (("discord", self.discord), ("slack", self.slack))
        return tuple(name for name, stands_in in stands if stands_in)

    @property
    def log(self) -> Path:
        """Return the file that the bot's output goes to."""
        return self.world / "bot.log"

    @property
    def reaches_loopback(self) -> bool:
        """Tell whether what listens on `host` is reached by loopback too."""
        return self.host in (LOOPBACK, "localhost", "0.0.0.0")  # noqa: S104

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

    def port(name: str, default: int) -> int:
        text = value(name) or str(default)
        if not text.isdecimal() or int(text) > 65535:
            raise SettingsError(f"{name} must be a port: a number up to 65535.")
        return int(text)

    return Settings(
        host=value("HTTP_HOST") or LOOPBACK,
        port=port("PLAYGROUND_PORT", DEFAULT_PORT),
        http_port=port("HTTP_PORT", DEFAULT_HTTP_PORT),
        data=Path(value("DATA_DIR") or "data").resolve(),
        discord=not value("DISCORD_TOKEN"),
        slack=not value("SLACK_BOT_TOKEN"),
        aimlapi=not value("AIMLAPI_API_KEY"),
        segmind=not value("SEGMIND_API_KEY"),
        real=tuple(title for name, title in REAL.items() if value(name)),
        unused=tuple(title for name, title in LATER.items() if value(name)),
        public_url=value("PUBLIC_URL"),
    )
