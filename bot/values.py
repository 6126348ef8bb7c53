"""Turn the text of one setting into its value, or say what was expected.

Every function takes the text and raises `ValueError` with a phrase, or one for each wrong item
of a list, that completes "NAME ..." and begins with a verb. Only items of lists are repeated in
it: any other text may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from bot.text import holds_secret, is_blank

PlaygroundMode = Literal["auto", "on", "off"]
LogFormat = Literal["console", "json"]
SegmindApi = Literal["v2", "v1"]
Switch = Literal["on", "off"]
CostLine = Literal["off", "admins"]


class Secret:
    """Hold a value that no log, error or repr may show."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value: only where it leaves for the service that it belongs to."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not copied out of its process")


# --- secrets -----------------------------------------------------------------------------

_PLACEHOLDER = re.compile(
    r"""(?ix) <.*> | (sk-|xox[bp]-|xapp-)?([x*.]+|
      ((my|your|the|insert|enter|paste|put|add|replace)[-_ ])*
      ((discord|slack|aimlapi|segmind|runware|openai|bot|app|signing|client|access)[-_ ])*
      (token|secret|password|(api|secret)?[-_ ]?key)
      ([-_ ](goes[-_ ])?here)?)
    | (change|replace)[-_ ]?(me|this) | placeholder | example | todo | none | null"""
)


def secret(text: str) -> Secret:
    """Accept one word that is not a placeholder."""
    if not text:
        raise ValueError("is empty; give a value or remove the line")
    if not text.strip():
        raise ValueError("is only white space; give a value or remove the line")
    if _PLACEHOLDER.fullmatch(text.strip()):
        raise ValueError("holds a placeholder still; replace it")
    if text[0] in "\"'`" or text[-1] in "\"'`":
        raise ValueError("has quotes around the value; remove them")
    if prefix := re.match(r"(?i)(bearer|bot|basic|token)\s", text):
        raise ValueError(f"begins with '{prefix[1]} '; give the value alone")
    if text != text.strip():
        raise ValueError("has white space or a line break around the value; remove it")
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise ValueError("has white space or unusual characters within; copy it again")
    return Secret(text)


_TOKENS = {
    "xoxb-": "a bot token (SLACK_BOT_TOKEN)",
    "xapp-": "an app-level token (SLACK_APP_TOKEN)",
}


def slack_bot_token(text: str) -> Secret:
    """Accept a bot token of a Slack app."""
    return _prefixed(text, "xoxb-", _TOKENS)


def slack_app_token(text: str) -> Secret:
    """Accept an app-level token of a Slack app."""
    return _prefixed(text, "xapp-", _TOKENS)


def slack_signing_secret(text: str) -> Secret:
    """Accept a signing secret: 32 hexadecimal digits."""
    value = secret(text)
    for prefix, what in _TOKENS.items():
        if text.startswith(prefix):
            raise ValueError(f"holds {what}; the signing secret is under App Credentials")
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise ValueError("is not 32 hexadecimal digits")
    return value


# Slack's own commands cannot be had by an app, and ours stand beside the one that is named here:
# https://slack.com/help/articles/201259356-Slash-commands-in-Slack
_TAKEN_COMMANDS = re.compile(
    r"""(?x) /(active | apps | archive | away | call | close | collapse | dm | dnd | expand | feed
      | feedback | help | invite | join | keys | kick | leave | me | msg | mute | open | part
      | prefs | remind | remove | rename | search | shortcuts | shrug | status | topic | who
      | ask | edit-image)"""
)


def slack_command(text: str) -> str:
    """Accept the name of a slash command of Slack's."""
    if not re.fullmatch(r"/[a-z0-9_-]{1,31}", text):
        raise ValueError(
            "must be / and at most 31 lower-case letters, digits, - and _, without white space"
        )
    if _TAKEN_COMMANDS.fullmatch(text):
        raise ValueError("names a command that is Slack's own, or another of the bot's; choose one")
    return text


def app_name(text: str) -> str:
    """Accept the name of an app of Slack's."""
    if is_blank(text) or len(text) > 35 or not text.isprintable():
        raise ValueError("must be a name of at most 35 characters")
    return text.strip()


def slack_group(text: str) -> str:
    """Accept the id of a user group."""
    if not re.fullmatch(r"S[A-Z0-9]{2,20}", text):
        raise ValueError("must be the id of a user group, not its name: S and capitals or digits")
    return text


def _prefixed(text: str, prefix: str, others: dict[str, str]) -> Secret:
    value = secret(text)
    for other, what in others.items():
        if other != prefix and text.startswith(other):
            raise ValueError(f"holds {what}; it must begin with {prefix}")
    if not text.startswith(prefix):
        raise ValueError(f"does not begin with {prefix}")
    return value


# A bot token is id, time and signature in base64, joined by dots:
# https://docs.discord.com/developers/reference#authentication
_DISCORD_TOKEN = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}")


def judge_discord_token(token: Secret) -> None:
    """Refuse what Discord's own service cannot have issued as a bot token."""
    text = token.reveal()
    if _DISCORD_TOKEN.fullmatch(text):
        return
    if re.fullmatch(r"[\w-]{32}", text):
        raise ValueError("looks like the application's client secret, not the bot's token")
    if re.fullmatch(r"[0-9]{15,20}", text):
        raise ValueError("looks like an application id, not the bot's token")
    if re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("looks like the application's public key, not the bot's token")
    raise ValueError("is not a bot token (three parts joined by dots)")


# --- plain values ------------------------------------------------------------------------


def prompt(text: str) -> str:
    """Accept any text, also none; \\n stands for a line break.

    What a model is told first is never secret: people get it to say it again.
    """
    written = text.replace("\\n", "\n").strip()
    if holds_secret(written):
        raise ValueError("holds what looks like a key or token; people could read it there")
    return written


def word(text: str) -> str:
    """Accept one word."""
    if not re.fullmatch(r"\S+", text):
        raise ValueError("must be one word, without white space")
    return text


def port(text: str) -> int:
    """Accept a TCP port."""
    return number(text, 1, 65535, "a port")


def directory(text: str) -> Path:
    """Accept the path of a directory, which need not exist yet."""
    if not text.strip() or "\0" in text:
        raise ValueError("is empty; it must be a directory")
    path = Path(text).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("is not a directory")
    return path


def host(text: str) -> str:
    """Accept a host name or address to listen on."""
    bare = text.removeprefix("[").removesuffix("]")
    if _is_address(bare) or re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", bare):
        return bare
    raise ValueError("is not a host name or address")


def playground(text: str) -> PlaygroundMode:
    """Accept auto, on or off, and what people write for the last two."""
    match text.strip().lower():
        case "auto":
            return "auto"
        case "on" | "true" | "yes" | "1":
            return "on"
        case "off" | "false" | "no" | "0":
            return "off"
    raise ValueError("must be auto, on or off")


def switch(text: str) -> Switch:
    """Accept on or off, and what people write for them."""
    match text.strip().lower():
        case "on" | "true" | "yes" | "1":
            return "on"
        case "off" | "false" | "no" | "0":
            return "off"
    raise ValueError("must be on or off")


def cost_line(text: str) -> CostLine:
    """Accept under whose answers it stands what they cost."""
    match text.strip().lower():
        case "off" | "false" | "no" | "0":
            return "off"
        case "admins":
            return "admins"
    raise ValueError("must be off or admins")


def segmind_api(text: str) -> SegmindApi:
    """Accept which of Segmind's two ways is used."""
    match text.strip().lower():
        case "v2":
            return "v2"
        case "v1":
            return "v1"
    raise ValueError("must be v2 (submit, then ask) or v1 (one long call)")


def image_model(text: str) -> str:
    """Accept the name of an image model of Segmind's, with or without `segmind:` before it."""
    backend, colon, slug = text.strip().rpartition(":")
    if colon and backend != "segmind":
        raise ValueError("must be a model of Segmind's: segmind:name")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", slug):
        raise ValueError("must be segmind: and the model's name as its address there has it")
    return f"segmind:{slug}"


def log_level(text: str) -> str:
    """Accept a level of the logging module."""
    level = text.strip().upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return level


def log_format(text: str) -> LogFormat:
    """Accept how a record is written."""
    match text.strip().lower():
        case "console":
            return "console"
        case "json":
            return "json"
    raise ValueError("must be console or json")


def compatible_api(text: str) -> Literal["chat"]:
    """Accept the protocol of the compatible server."""
    match text.strip().lower():
        case "chat":
            return "chat"
        case "responses":
            raise ValueError("is 'responses', which this version does not speak yet; use chat")
    raise ValueError("must be chat")


# --- addresses ---------------------------------------------------------------------------


def http_url(text: str) -> str:
    """Accept an http or https address; a slash at its end is dropped."""
    return _url(text, ("https", "http"))


def ws_url(text: str) -> str:
    """Accept a ws or wss address; a slash at its end is dropped."""
    return _url(text, ("wss", "ws"))


def public_url(text: str) -> str:
    """Accept the https address that people reach; http only on this machine."""
    url = _url(text, ("https", "http"))
    if url.startswith("http:") and not is_loopback(urlsplit(url).hostname or ""):
        raise ValueError("must begin with https:// (http only for localhost)")
    return url


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def travels_open(url: str) -> bool:
    """Tell whether a secret sent to an address could be read on its way over the internet."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme in ("https", "wss") or host == "localhost" or "." not in host.strip("."):
        return False
    return not (_is_address(host) and ip_address(host).is_private)


def _url(text: str, schemes: tuple[str, ...]) -> str:
    expected = f"it must be an address like {schemes[0]}://host/path"
    if re.search(r"[\s\x00-\x1f\x7f\"'<>\\]", text):
        raise ValueError(f"has white space, quotes or control characters; {expected}")
    try:
        parts = urlsplit(text)
        named = parts.port, parts.hostname
    except ValueError:
        raise ValueError(f"is not an address; {expected}") from None
    if parts.scheme not in schemes or not named[1] or named[0] == 0:
        raise ValueError(f"is not an address; {expected}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("has a user name or password in it; remove them")
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise ValueError("has a query or fragment; remove it")
    return SplitResult(parts.scheme, parts.netloc, parts.path.rstrip("/"), "", "").geturl()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def sqlite_path(text: str) -> Path:
    """Accept `sqlite:///relative.db` or `sqlite:////absolute.db`."""
    if re.match(r"(?i)postgres(ql)?(\+\w+)?://", text):
        raise ValueError("names PostgreSQL, which this version does not support yet; use SQLite")
    found = re.fullmatch(r"sqlite:///([^?#\0]+)", text)
    if not found or found[1].endswith("/") or found[1] == ":memory:":
        raise ValueError("must be an address of a file: sqlite:///path/to/file.db")
    return Path(found[1])


# --- numbers -----------------------------------------------------------------------------


def number(text: str, least: int, most: int, what: str) -> int:
    """Accept ASCII digits only: `int` alone takes "1_000", " 7 " and other scripts' digits."""
    if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
        raise ValueError(f"must be {what}: a number from {least} to {most}, digits only")
    return int(text)


def context_tokens(text: str) -> int:
    """Accept how much of a conversation goes to a model."""
    return number(text, 1_000, 2_000_000, "tokens")


def per_minute(text: str) -> int:
    """Accept a limit of requests per minute."""
    return number(text, 1, 100_000, "requests per minute")


def decimal(text: str) -> Decimal:
    """Accept digits with at most six after the point, exactly as they are written."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
        raise ValueError("must be an amount like 1 or 0.50: digits, at most six after the point")
    return Decimal(text)


def price(text: str) -> Decimal:
    """Accept the price of one picture in dollars; 0 would say that it is free."""
    amount = decimal(text)
    if not 0 < amount <= 1_000:
        raise ValueError("must be dollars like 0.05, above 0 and at most 1000")
    return amount


def retention_days(text: str) -> int:
    """Accept how long pictures are kept."""
    return number(text, 1, 3_650, "days")


def micros(amount: Decimal) -> int:
    """Return an amount in millionths; exact, since no more than six digits are taken."""
    return int(amount.scaleb(6))


def snowflake(text: str) -> str:
    """Accept an id of Discord's."""
    if not re.fullmatch(r"[1-9][0-9]{14,19}", text) or int(text) >= 2**64:
        raise ValueError("must be an id of Discord: 15 to 20 digits")
    return text


# --- lists -------------------------------------------------------------------------------


def items_of(text: str, separator: str = ",") -> list[str]:
    """Return the items of a list, without the empty ones."""
    return [item.strip() for item in text.split(separator) if item.strip()]


def quoted(item: str) -> str:
    """Return an item of a list as a problem names it."""
    return repr(item if len(item) <= 60 else item[:57] + "...")


_ADMIN_SHAPES: dict[str, Callable[[str], bool]] = {
    "discord": lambda id: re.fullmatch(r"[1-9][0-9]{0,19}", id) is not None,
    "slack": lambda id: re.fullmatch(r"[TE][A-Z0-9]+/[UW][A-Z0-9]+", id) is not None,
}


def admin_ids(text: str) -> frozenset[str]:
    """Accept `discord:ID` and `slack:TEAM/USER`, separated by commas."""
    items = items_of(text)
    wrong = [item for item in items if not _is_admin(item)]
    if wrong:
        raise ValueError(
            *(
                f"holds {quoted(item)}; it must hold ids, not names: discord:ID or"
                " slack:TEAM/USER, separated by commas"
                for item in wrong
            )
        )
    return frozenset(items)


def _is_admin(item: str) -> bool:
    platform, _, id = item.partition(":")
    return platform in _ADMIN_SHAPES and _ADMIN_SHAPES[platform](id)
