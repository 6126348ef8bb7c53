"""The table of settings: one row drives reading, the example file, the README and suggestions.

`bot.config` reads by it; nothing else knows a setting's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot import offered, quotas, values
from bot.logs import Redactor

DEFAULT_SYSTEM_PROMPT = (
    "You are a helpful assistant in a group chat. Answer in the language of the question,"
    " briefly where that serves, in Markdown."
)
_DISCORD_PORTAL = "https://discord.com/developers/applications"
_SLACK_APP = "https://api.slack.com/apps > your app"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: a name, how its text is read, its default as text, and what it is for.

    `where` says where to get a value that one cannot make up.
    """

    name: str
    parse: Callable[[str], object]
    default: str
    help: str
    where: str = ""
    example: str = ""

    @property
    def secret(self) -> bool:
        """Tell whether the value may never be shown."""
        return self.parse in _SECRET_PARSERS


_SECRET_PARSERS = {
    values.secret,
    values.slack_bot_token,
    values.slack_app_token,
    values.slack_signing_secret,
}


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that belong together. `later`: announced, but not served by this version.

    `prefix` begins the names of all of them, and of nothing else.
    """

    title: str
    rows: tuple[Setting, ...]
    later: bool = False
    prefix: str = ""


DISCORD = Group(
    "Discord",
    (
        Setting(
            "DISCORD_TOKEN",
            values.secret,
            "",
            "The bot's token; connects Discord",
            f"{_DISCORD_PORTAL} > your application > Bot > Reset Token",
        ),
        Setting(
            "DISCORD_API_BASE",
            values.http_url,
            "https://discord.com/api/v10",
            "Discord's REST address",
        ),
        Setting(
            "DISCORD_GATEWAY_URL",
            values.ws_url,
            "wss://gateway.discord.gg",
            "Discord's gateway address",
        ),
        Setting(
            "DISCORD_CDN_BASE",
            values.http_url,
            "https://cdn.discordapp.com",
            "Discord's file address",
        ),
        Setting(
            "DISCORD_DEV_SERVER",
            values.snowflake,
            "",
            "The one server that gets the commands, at once, while you develop; else all do",
            "Developer Mode on, then right-click the server > Copy Server ID",
            "81384788765712384",
        ),
    ),
    prefix="DISCORD_",
)
SLACK = Group(
    "Slack",
    (
        Setting(
            "SLACK_BOT_TOKEN",
            values.slack_bot_token,
            "",
            "The bot token (begins with xoxb-); connects Slack, with one of the next two",
            f"{_SLACK_APP} > OAuth & Permissions > Bot User OAuth Token",
        ),
        Setting(
            "SLACK_APP_TOKEN",
            values.slack_app_token,
            "",
            "The app-level token for Socket Mode (begins with xapp-), which needs no public"
            " address; it goes before SLACK_SIGNING_SECRET",
            f"{_SLACK_APP} > Basic Information > App-Level Tokens, with connections:write",
        ),
        Setting(
            "SLACK_SIGNING_SECRET",
            values.slack_signing_secret,
            "",
            "The signing secret, for Slack over HTTP: Slack then calls"
            " PUBLIC_URL/slack/events; not used beside SLACK_APP_TOKEN",
            f"{_SLACK_APP} > Basic Information > App Credentials",
        ),
        Setting(
            "SLACK_COMMAND",
            values.slack_command,
            "/bot",
            "The slash command in Slack, where all apps of a workspace share their names",
        ),
        Setting(
            "SLACK_ADMIN_GROUP",
            values.slack_group,
            "",
            "The user group whose members are admins of the bot, beside the workspace's own",
            "Slack > Directories > User groups > the group > ... > Copy group ID",
            "S0614TZR7",
        ),
        Setting(
            "SLACK_API_BASE", values.http_url, "https://slack.com/api", "Slack's Web API address"
        ),
    ),
    prefix="SLACK_",
)
AIMLAPI = Group(
    "AI/ML API",
    (
        Setting(
            "AIMLAPI_API_KEY",
            values.secret,
            "",
            "The key; connects AI/ML API",
            "https://aimlapi.com/app/keys",
        ),
        Setting(
            "AIMLAPI_BASE_URL", values.http_url, "https://api.aimlapi.com/v1", "AI/ML API's address"
        ),
    ),
    prefix="AIMLAPI_",
)
OPENAI_COMPATIBLE = Group(
    "Any server that speaks OpenAI's protocol (Ollama, vLLM, LM Studio, OpenAI, ...)",
    (
        Setting(
            "OPENAI_COMPATIBLE_BASE_URL",
            values.http_url,
            "",
            "Its address; connects the server",
            "the server's documentation; it usually ends in /v1",
            "http://127.0.0.1:11434/v1",
        ),
        Setting(
            "OPENAI_COMPATIBLE_API_KEY",
            values.secret,
            "",
            "Its key; a local server needs none",
            "the server's documentation",
        ),
        Setting(
            "OPENAI_COMPATIBLE_MODELS",
            offered.offered_models,
            "",
            "Its models: name[:window[:max_output]], separated by commas",
            example="llama3.2:3b:128000:4096",
        ),
        Setting(
            "OPENAI_COMPATIBLE_API",
            values.compatible_api,
            "chat",
            "Its protocol: chat (Chat Completions); responses will follow",
        ),
    ),
    prefix="OPENAI_COMPATIBLE_",
)
SEGMIND = Group(
    "Segmind",
    (
        Setting(
            "SEGMIND_API_KEY",
            values.secret,
            "",
            "The key; connects Segmind",
            "https://cloud.segmind.com > API keys",
        ),
        Setting(
            "SEGMIND_BASE_URL", values.http_url, "https://api.segmind.com", "Segmind's address"
        ),
        Setting(
            "SEGMIND_UPLOAD_URL",
            values.http_url,
            "https://workflows-api.segmind.com/upload-asset",
            "Where Segmind takes files",
        ),
        Setting(
            "SEGMIND_UPLOADS",
            values.switch,
            "on",
            "on: pictures to edit are uploaded there first, where everybody can open them who has"
            " their address, and nobody can delete them; off: they are sent within the request",
        ),
        Setting(
            "SEGMIND_API",
            values.segmind_api,
            "v2",
            "v2: submit, then ask (a restart loses nothing); v1: one long call",
        ),
        Setting("SEGMIND_RPM", values.per_minute, "5", "Requests per minute that it is sent"),
        Setting(
            "SEGMIND_LOW_CREDITS",
            values.decimal,
            "1",
            "Below this many credits the people of ADMIN_IDS are told once (0: never)",
        ),
    ),
    prefix="SEGMIND_",
)
RUNWARE = Group(
    "Runware",
    (
        Setting(
            "RUNWARE_API_KEY",
            values.secret,
            "",
            "The key of Runware",
            "https://my.runware.ai > API Keys",
        ),
        Setting(
            "RUNWARE_BASE_URL", values.http_url, "https://api.runware.ai/v1", "Runware's address"
        ),
    ),
    later=True,
    prefix="RUNWARE_",
)
IMAGES = Group(
    "Edited pictures",
    (
        Setting(
            "IMAGE_MODEL",
            values.image_model,
            "segmind:gpt-image-1-edit-mini",
            "The model that edits pictures: segmind:name; needs SEGMIND_API_KEY",
        ),
        Setting(
            "IMAGE_PRICE",
            values.price,
            "",
            "What one picture costs at the most, in dollars; else the list prices that are known,"
            " which people are told as about",
            example="0.05",
        ),
        Setting(
            "IMAGE_RETENTION_DAYS",
            values.retention_days,
            "30",
            "For how many days the bytes of pictures are kept, so that they can be edited again",
        ),
    ),
    prefix="IMAGE_",
)
ANSWERS = Group(
    "Answers",
    (
        Setting(
            "DEFAULT_MODEL",
            values.word,
            "",
            "The model that answers: backend:model, or the name alone where one backend has it;"
            " else the first one",
            example="aimlapi:openai/gpt-5-mini-2025-08-07",
        ),
        Setting(
            "FALLBACK_MODEL",
            values.word,
            "",
            "The model that answers, and says so, where the chosen one is not available",
            example="segmind:gpt-5.4-mini",
        ),
        Setting(
            "MODELS",
            offered.model_rows,
            "",
            "More models, or other figures for known ones: backend:model word=value ...,"
            " separated by semicolons. Words: window=, output= (tokens), in=, out= (dollars per"
            " million tokens), pictures= (most per request), seconds= (a usual answer),"
            " efforts= (words, with commas)",
            example="aimlapi:openai/gpt-4o-mini window=128000 output=16384 in=0.15 out=0.60"
            " pictures=10; segmind:gpt-5-mini efforts=low,medium,high",
        ),
        Setting(
            "CONTEXT_TOKENS",
            values.context_tokens,
            "32000",
            "The most tokens of a conversation that are sent with a question; older words go",
        ),
        Setting(
            "SYSTEM_PROMPT",
            values.prompt,
            DEFAULT_SYSTEM_PROMPT,
            "What the model is told first (\\n for a line break)",
        ),
        Setting(
            "ADMIN_IDS",
            values.admin_ids,
            "",
            "Admins everywhere: discord:ID and slack:TEAM/USER, separated by commas",
            "Discord > Settings > Advanced > Developer Mode, then right-click a name > Copy ID;"
            " Slack > a profile > ... > Copy member ID (the team's id is in Slack's web address)",
            "discord:80351110224678912,slack:T061EG9R6/U061F7AUR",
        ),
    ),
)
LIMITS = Group(
    "Limits",
    (
        Setting(
            "TIMEZONE",
            quotas.time_zone,
            "UTC",
            "The time zone by which days, weeks and months of limits begin",
            example="Europe/Berlin",
        ),
        Setting(
            "LIMITS",
            quotas.limits,
            "",
            "Limits that hold where admins set no others from chat: scope:metric:window=amount,"
            " separated by semicolons. Scopes: member, channel, server, everything; metrics:"
            " requests, tokens, images, money (dollars); windows: minute, hour, day, week, month,"
            " ever; a model may follow the window. 0 means none",
            example="member:requests:day=50; everything:money:month=$20",
        ),
        Setting(
            "SPEND_CAP",
            quotas.dollars,
            "",
            "The most dollars that model services may be paid in a month for the whole bot; it"
            " counts every attempt, and what each can cost at the most while it runs",
            example="100",
        ),
        Setting(
            "SPIKE_ALARM",
            quotas.dollars,
            "",
            "ADMIN_IDS are told when so many dollars are spent within an hour",
            example="5",
        ),
        Setting(
            "COST_LINE",
            values.cost_line,
            "off",
            "admins: what an answer cost stands under answers to admins; off: under none",
        ),
    ),
)
MACHINE = Group(
    "This machine",
    (
        Setting(
            "DATA_DIR", values.directory, "data", "Where everything is kept; made if it is missing"
        ),
        Setting(
            "DATABASE_URL",
            values.sqlite_path,
            "",
            "The database; else threadbot.db in DATA_DIR",
            example="sqlite:///data/threadbot.db",
        ),
        Setting(
            "HTTP_HOST",
            values.host,
            "127.0.0.1",
            "Where health, metrics, Slack over HTTP, links and the playground listen (0.0.0.0 in"
            " a container)",
        ),
        Setting(
            "HTTP_PORT",
            values.port,
            "8081",
            "The port of health, metrics, links and Slack over HTTP",
        ),
        Setting(
            "PUBLIC_URL",
            values.public_url,
            "",
            "The https address that leads to HTTP_PORT, if there is one; Slack over HTTP calls"
            " it, so without one the bot warns as it starts; with one people are given links"
            " below it to paint masks for pictures",
            example="https://bot.example.org",
        ),
        Setting(
            "PLAYGROUND",
            values.playground,
            "auto",
            "auto: only without a platform's token; on: stand-ins for all without a key; off: none",
        ),
        Setting(
            "PLAYGROUND_PORT",
            values.port,
            "8080",
            "The port of the playground's page (in use: the next free one)",
        ),
        Setting("LOG_LEVEL", values.log_level, "INFO", "DEBUG, INFO, WARNING or ERROR"),
        Setting("LOG_FORMAT", values.log_format, "console", "console or json"),
    ),
)

TABLE = (
    DISCORD,
    SLACK,
    AIMLAPI,
    OPENAI_COMPATIBLE,
    SEGMIND,
    RUNWARE,
    ANSWERS,
    IMAGES,
    LIMITS,
    MACHINE,
)
ROWS: dict[str, Setting] = {row.name: row for group in TABLE for row in group.rows}


def phrase_problem(name: str, phrase: str) -> str:
    """Return a sentence about a setting, with where to get a right value."""
    row = ROWS[name]
    hint = f" Get it: {row.where}." if row.where else ""
    hint += f" Example: {row.example}." if row.example else ""
    # A key may have been pasted into the wrong line.
    return f"{name} {Redactor(())(phrase)}.{hint}"


def example() -> str:
    """Return the text of `.env.example`."""
    lines = [
        "# Copy to .env and remove the # of what you set. Without any, `make run` opens a",
        "# playground that needs no account. The environment wins over this file.",
    ]
    for group in TABLE:
        later = " (not available in this version)" if group.later else ""
        lines += ["", f"# --- {group.title}{later}"]
        for row in group.rows:
            lines.append(f"# {row.help}.")
            if row.where:
                lines.append(f"# Get it: {row.where}")
            lines.append(f"#{row.name}={_quoted(row.default or row.example)}")
    return "\n".join(lines) + "\n"


def markdown_table() -> str:
    """Return the settings as the README shows them."""
    lines = ["| Name | Default | What it is |", "|---|---|---|"]
    for group in TABLE:
        later = " *Not available in this version.*" if group.later else ""
        for row in group.rows:
            default = f"`{row.default}`" if row.default else ""
            example = f" Example: `{row.example}`." if row.example else ""
            text = f"{row.help}.{example}{later}".replace("|", "\\|")
            lines.append(f"| `{row.name}` | {default} | {text} |")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text or "#" in text else text
