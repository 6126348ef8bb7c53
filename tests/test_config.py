"""The settings: read by one table, every problem at once, never a secret in a message."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot import values
from bot.commands.table import ROWS as COMMANDS
from bot.config import Settings
from bot.errors import ConfigError
from bot.values import Secret
from tests.configured import REAL, TOKEN, only_problem, problems

SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "AIMLAPI_API_KEY": "k-canary-123456"}
APP = {"SLACK_APP_TOKEN": "xapp-1-canary"}
SIGNED = {"SLACK_SIGNING_SECRET": "0123456789abcdef" * 2}

# --- defaults and precedence -------------------------------------------------------------


def test_nothing_set_means_the_playground_with_the_vendors_addresses() -> None:
    loaded = Settings.load({})
    assert loaded.wants_playground
    assert loaded.discord_api_base == "https://discord.com/api/v10"
    assert loaded.database == Path("data/threadbot.db")
    assert (loaded.http_host, loaded.http_port, loaded.playground_port) == ("127.0.0.1", 8081, 8080)
    assert loaded.openai_compatible_models == ()
    assert loaded.admin_ids == frozenset()
    assert loaded.secrets == ()
    assert loaded.warnings == ()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("HTTP_PORT=9001\nLOG_LEVEL=debug\n")
    loaded = Settings.load({"HTTP_PORT": "9002"}, env)
    assert (loaded.http_port, loaded.log_level) == (9002, "DEBUG")
    assert loaded.sources["HTTP_PORT"] == "environment"
    assert loaded.sources["LOG_LEVEL"] == ".env"
    assert loaded.sources["DATA_DIR"] == "default"


def test_the_process_environment_is_not_consulted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "9999")
    assert Settings.load({}).http_port == 8081


def test_a_file_that_is_not_there_is_no_problem(tmp_path: Path) -> None:
    assert Settings.load({}, tmp_path / ".env").http_port == 8081


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_file_may_have_a_mark_at_its_start_and_any_line_ends(
    tmp_path: Path, newline: str, bom: str
) -> None:
    env = tmp_path / ".env"
    text = bom + newline.join(['LOG_LEVEL="ERROR" # quiet', "export HTTP_PORT=9001", ""])
    env.write_bytes(text.encode())
    loaded = Settings.load({}, env)
    assert (loaded.log_level, loaded.http_port) == ("ERROR", 9001)


def test_a_value_of_the_file_is_not_expanded(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("HTTP_PORT=9001\nSYSTEM_PROMPT='pay ${HTTP_PORT} or $HOME'\n")
    assert Settings.load({}, env).system_prompt == "pay ${HTTP_PORT} or $HOME"


# --- problems ----------------------------------------------------------------------------


def test_every_problem_is_reported_at_once_with_its_name() -> None:
    found = problems(
        {
            "DISCORD_TOKEN": "Bearer canary",
            "HTTP_PORT": "70000",
            "PUBLIC_URL": "http://bot.example.org",
            "LOG_FORMAT": "xml",
            "DISCORD_TOKN": "canary",
            "DATABASE_URL": "postgresql://me:canary@db/x",
            "OPENAI_COMPATIBLE_API": "responses",
        }
    )
    names = [problem.split()[0] for problem in found]
    assert sorted(names) == [
        "DATABASE_URL",
        "DISCORD_TOKEN",
        "DISCORD_TOKN",
        "HTTP_PORT",
        "LOG_FORMAT",
        "No",
        "OPENAI_COMPATIBLE_API",
        "PUBLIC_URL",
    ]
    assert "canary" not in "\n".join(found)


def test_a_misread_setting_does_not_hide_what_is_missing() -> None:
    found = problems({"PLAYGROUND": "off", "HTTP_PORT": "x"})
    assert [" ".join(problem.split()[:2]) for problem in found] == [
        "HTTP_PORT must",
        "No platform",
        "No chat",
    ]


def test_a_wrong_token_does_not_hide_that_no_backend_is_set() -> None:
    for token in ("nonsense", "Bearer x", ""):
        found = problems({"DISCORD_TOKEN": token})
        assert [problem.split()[0] for problem in found] == ["DISCORD_TOKEN", "No"], token
    for app in (APP, {}):
        found = problems({"SLACK_BOT_TOKEN": "nonsense", "PLAYGROUND": "off", **app})
        names = ["SLACK_BOT_TOKEN", *(() if app else ("SLACK_APP_TOKEN",)), "No"]
        assert [problem.split()[0] for problem in found] == names


def test_what_follows_from_a_misread_setting_is_not_reported_beside_it() -> None:
    off = {"PLAYGROUND": "off"}
    assert only_problem({**off, **REAL, "DISCORD_TOKEN": "Bearer x"}).startswith("DISCORD_TOKEN ")
    assert only_problem({**off, **REAL, "AIMLAPI_API_KEY": ""}).startswith("AIMLAPI_API_KEY ")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "   ",
        f"{TOKEN}\n",
        f" {TOKEN}",
        f'"{TOKEN}"',
        f"'{TOKEN}'",
        f"Bearer {TOKEN}",
        f"Bot {TOKEN}",
        f"bot {TOKEN}",
        TOKEN.replace(".", " ", 1),
        TOKEN + "é",
        "your-token-here",
        "<token>",
        "xxxxxxxx",
        "changeme",
        "token",
        "0123456789abcdefABCDEF_-01234567",  # a client secret
        "100000000000000000",  # an application id
        "a" * 64,  # a public key
        "nonsense",
    ],
)
def test_a_token_that_cannot_be_one_is_refused_unseen(token: str) -> None:
    problem = only_problem({**REAL, "DISCORD_TOKEN": token})
    assert problem.startswith("DISCORD_TOKEN ")
    assert "Get it: https://discord.com/developers/applications" in problem
    assert TOKEN not in problem
    assert len(token.strip()) < 6 or token.strip() not in problem


def test_the_shape_of_a_token_is_judged_for_the_vendors_own_service_only() -> None:
    local = {"DISCORD_TOKEN": "local-bot", "DISCORD_API_BASE": "http://127.0.0.1:9/api/v10"}
    assert Settings.load({**REAL, **local}).discord_token == Secret("local-bot")
    assert only_problem({**REAL, **local, "DISCORD_TOKEN": "your-token-here"})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-canary", "SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", "xoxb-1-canary", "SLACK_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN", "canary-canary", "begin with xoxb-"),
        ("SLACK_COMMAND", "bot", "must be /"),
        ("SLACK_COMMAND", "/", "must be /"),
        ("SLACK_COMMAND", "/Bot", "lower-case"),
        ("SLACK_COMMAND", "/my bot", "white space"),
        ("SLACK_COMMAND", "/bot\n", "white space"),
        ("SLACK_COMMAND", "/бот", "lower-case"),
        ("SLACK_COMMAND", "/" + "x" * 32, "at most 31"),
        ("SLACK_COMMAND", "", "must be /"),
        ("SLACK_COMMAND", "/status", "Slack's own"),
        ("SLACK_COMMAND", "/ask", "another of the bot's"),
        ("SLACK_ADMIN_GROUP", "admins", "the id of a user group"),
        ("SLACK_ADMIN_GROUP", "@admins", "the id of a user group"),
        ("SLACK_ADMIN_GROUP", "T061EG9R6/S0614TZR7", "the id of a user group"),
        ("SLACK_ADMIN_GROUP", "", "the id of a user group"),
        ("SLACK_SIGNING_SECRET", "0" * 31, "32 hexadecimal"),
        ("SLACK_SIGNING_SECRET", "xapp-1-A1-2-abc", "an app-level token (SLACK_APP_TOKEN)"),
        ("SLACK_SIGNING_SECRET", "xoxb-1-2-abc", "a bot token (SLACK_BOT_TOKEN)"),
        ("SLACK_SIGNING_SECRET", "0" * 32 + "\r\n", "line break"),
        ("HTTP_PORT", "0", "1 to 65535"),
        ("HTTP_PORT", "70000", "1 to 65535"),
        ("HTTP_PORT", "abc", "1 to 65535"),
        ("HTTP_PORT", "-1", "1 to 65535"),
        ("HTTP_PORT", "1e3", "1 to 65535"),
        ("HTTP_PORT", "8_081", "1 to 65535"),
        ("HTTP_PORT", "٨٠", "1 to 65535"),
        ("HTTP_PORT", "", "1 to 65535"),
        ("HTTP_HOST", "a b", "host name"),
        ("DISCORD_API_BASE", "discord.com/api", "https://"),
        ("DISCORD_API_BASE", "ftp://discord.com/api", "https://"),
        ("DISCORD_API_BASE", "https:///api", "https://"),
        ("DISCORD_API_BASE", "https://me:canary@discord.com", "password"),
        ("DISCORD_API_BASE", "https://discord.com/?key=canary", "query"),
        ("DISCORD_API_BASE", "https://discord.com:0/", "https://"),
        ("DISCORD_API_BASE", "https://discord.com:99999/", "https://"),
        ("DISCORD_API_BASE", "https://dis cord.com", "white space"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg", "wss://"),
        ("PUBLIC_URL", "http://bot.example.org", "https://"),
        ("PUBLIC_URL", "http://192.0.2.1", "https://"),
        ("DATABASE_URL", "postgresql://me:canary@db/x", "PostgreSQL"),
        ("DATABASE_URL", "postgres://db/x", "PostgreSQL"),
        ("DATABASE_URL", "mysql://db/x", "sqlite:///"),
        ("DATABASE_URL", "sqlite://", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:", "sqlite:///"),
        ("DATABASE_URL", "data/x.db", "sqlite:///"),
        ("OPENAI_COMPATIBLE_API", "responses", "use chat"),
        ("OPENAI_COMPATIBLE_API", "grpc", "must be chat"),
        ("PLAYGROUND", "maybe", "auto, on or off"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO"),
        ("LOG_FORMAT", "xml", "console or json"),
        ("ADMIN_IDS", "alice", "ids, not names"),
        ("ADMIN_IDS", "discord:alice", "ids, not names"),
        ("ADMIN_IDS", "discord:80351110224678912 discord:1", "ids, not names"),
        ("ADMIN_IDS", "slack:U061F7AUR", "ids, not names"),
        ("ADMIN_IDS", "irc:80351110224678912", "ids, not names"),
        ("DEFAULT_MODEL", "two words", "one word"),
        ("FALLBACK_MODEL", "two words", "one word"),
        ("DISCORD_DEV_SERVER", "my server", "15 to 20 digits"),
        ("DISCORD_DEV_SERVER", "0", "15 to 20 digits"),
        ("DISCORD_DEV_SERVER", "18446744073709551616", "15 to 20 digits"),
        ("SEGMIND_API", "v3", "v2"),
        ("SEGMIND_RPM", "0", "1 to 100000"),
        ("SEGMIND_LOW_CREDITS", "-1", "digits"),
        ("SEGMIND_LOW_CREDITS", "1e3", "digits"),
        ("SEGMIND_LOW_CREDITS", "0.1234567", "six after the point"),
        ("SEGMIND_LOW_CREDITS", "NaN", "digits"),
        ("SEGMIND_UPLOADS", "maybe", "on or off"),
        ("IMAGE_MODEL", "", "segmind: and the model's name"),
        ("IMAGE_MODEL", "aimlapi:gpt-image-1", "a model of Segmind's"),
        ("IMAGE_MODEL", "segmind:../canary", "segmind: and the model's name"),
        ("IMAGE_PRICE", "0", "above 0"),
        ("IMAGE_PRICE", "$0.05", "digits"),
        ("IMAGE_PRICE", "1e-2", "digits"),
        ("IMAGE_PRICE", "1000.01", "at most 1000"),
        ("IMAGE_RETENTION_DAYS", "0", "1 to 3650"),
        ("IMAGE_RETENTION_DAYS", "forever", "digits only"),
        ("CONTEXT_TOKENS", "999", "1000 to 2000000"),
        ("CONTEXT_TOKENS", "32_000", "digits only"),
        ("SYSTEM_PROMPT", "the key is sk-" + "s3cr3tcanary" * 3, "key or token"),
        ("DATA_DIR", "", "directory"),
        ("DATA_DIR", str(Path(__file__)), "not a directory"),
    ],
)
def test_a_wrong_value_says_what_was_expected(name: str, text: str, expected: str) -> None:
    beside = {**SLACK, **APP} if name in (*SLACK, *APP, *SIGNED) else {}
    problem = only_problem({**REAL, **beside, name: text})
    assert problem.startswith(f"{name} ")
    assert expected in problem
    assert "canary" not in problem
    # A sentence: the name, then a verb.
    assert problem.split()[1] in {"must", "is", "has", "holds", "does", "names"}
    assert problem.endswith(".")


def test_addresses_are_normalised() -> None:
    loaded = Settings.load(
        {
            **REAL,
            "DISCORD_API_BASE": "https://discord.com/api/v10/",
            "PUBLIC_URL": "https://bot.example.org/bot/",
        }
    )
    assert loaded.discord_api_base == "https://discord.com/api/v10"
    assert loaded.public_url == "https://bot.example.org/bot"
    assert Settings.load({"PUBLIC_URL": "http://[::1]:8081/"}).public_url == "http://[::1]:8081"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("on", True), ("TRUE", True), ("1", True), ("off", False), ("no", False), ("auto", False)],
)
def test_the_playground_switch_takes_what_people_write(text: str, expected: bool) -> None:
    assert Settings.load({**REAL, "PLAYGROUND": text}).wants_playground is expected


@pytest.mark.parametrize(("text", "expected"), [("ON", "on"), ("yes", "on"), ("0", "off")])
def test_uploads_are_switched_as_people_write_it(text: str, expected: str) -> None:
    assert Settings.load({"SEGMIND_UPLOADS": text}).segmind_uploads == expected


def test_pictures_are_edited_by_what_the_product_was_made_for_unless_told_otherwise() -> None:
    loaded = Settings.load({})
    assert loaded.image_model == "segmind:gpt-image-1-edit-mini"
    assert (loaded.image_price, loaded.image_retention_days) == (None, 30)
    assert loaded.segmind_uploads == "on"


@pytest.mark.parametrize("text", ["segmind:gpt-image-2-edit", "gpt-image-2-edit"])
def test_the_service_of_an_image_model_need_not_be_named(text: str) -> None:
    assert Settings.load({"IMAGE_MODEL": text}).image_model == "segmind:gpt-image-2-edit"


def test_a_price_is_read_exactly() -> None:
    assert Settings.load({"IMAGE_PRICE": "0.05"}).image_price == Decimal("0.05")


def test_the_database_may_be_anywhere() -> None:
    assert Settings.load({"DATABASE_URL": "sqlite:////srv/x.db"}).database == Path("/srv/x.db")
    assert Settings.load({"DATABASE_URL": "sqlite:///x.db"}).database == Path("x.db")
    assert Settings.load({"DATA_DIR": "elsewhere"}).database == Path("elsewhere/threadbot.db")


def test_admins_of_both_platforms_are_read() -> None:
    text = "discord:80351110224678912, slack:T061EG9R6/U061F7AUR,"
    expected = {"discord:80351110224678912", "slack:T061EG9R6/U061F7AUR"}
    assert Settings.load({"ADMIN_IDS": text}).admin_ids == expected


def test_each_wrong_admin_is_named() -> None:
    found = problems({"ADMIN_IDS": "discord:1,alice,slack:bob"})
    assert ["'alice'" in found[0], "'slack:bob'" in found[1], len(found)] == [True, True, 2]


# --- what must be there ------------------------------------------------------------------


def test_a_platform_without_any_backend_is_a_problem() -> None:
    assert only_problem({"DISCORD_TOKEN": TOKEN}).startswith("No chat backend is set")


def test_no_platform_and_no_playground_is_a_problem() -> None:
    problem = only_problem({"PLAYGROUND": "off", "AIMLAPI_API_KEY": "k-canary"})
    assert problem.startswith("No platform is set")
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        assert f"{name} (get it: https://" in problem


@pytest.mark.parametrize("heard", [APP, SIGNED, {**APP, **SIGNED}])
@pytest.mark.parametrize("discord", [{}, {"DISCORD_TOKEN": TOKEN}])
def test_slack_is_a_platform_alone_and_beside_discord(
    heard: dict[str, str], discord: dict[str, str]
) -> None:
    loaded = Settings.load({**SLACK, **heard, **discord, "PUBLIC_URL": "https://bot.example.org"})
    assert loaded.has_slack
    assert not loaded.wants_playground
    assert loaded.warnings == ()
    assert (loaded.slack_command, loaded.slack_admin_group) == ("/bot", None)
    assert Settings.load({**SLACK, **heard, "PLAYGROUND": "on"}).wants_playground


@pytest.mark.parametrize("playground", ["auto", "on", "off"])
def test_what_is_missing_to_hear_slack_or_to_speak_there_is_named(playground: str) -> None:
    with_discord = {**REAL, "PLAYGROUND": playground}
    unheard = only_problem({**with_discord, **SLACK})
    assert unheard.startswith("SLACK_APP_TOKEN is missing: SLACK_BOT_TOKEN needs it")
    assert "or SLACK_SIGNING_SECRET" in unheard
    assert unheard.count("https://api.slack.com/apps > your app > Basic Information") == 2
    for heard in (APP, SIGNED, {**APP, **SIGNED}):
        mute = only_problem({**with_discord, **heard})
        name = "SLACK_APP_TOKEN" if "SLACK_APP_TOKEN" in heard else "SLACK_SIGNING_SECRET"
        assert mute.startswith(f"SLACK_BOT_TOKEN is missing, although {name} is set.")
        assert "OAuth & Permissions" in mute


def test_slack_over_http_without_an_address_to_call_is_warned_about() -> None:
    (warning,) = Settings.load({**SLACK, **SIGNED}).warnings
    assert "PUBLIC_URL is not set" in warning
    assert "port 8081 of 127.0.0.1" in warning
    assert "SLACK_APP_TOKEN" in warning
    assert not Settings.load({**SLACK, **APP, **SIGNED}).warnings
    standin = {"SLACK_API_BASE": "http://127.0.0.1:9/api"}
    assert not Settings.load({**SLACK, **SIGNED, **standin}).warnings


@pytest.mark.parametrize(("name", "text"), [("IMAGE_MODEL", "a"), ("IMAGE_PRICE", "0.05")])
def test_a_setting_of_pictures_that_nobody_can_edit_is_odd(name: str, text: str) -> None:
    (warning,) = Settings.load({**REAL, name: text}).warnings
    assert warning == f"{name} is set, but SEGMIND_API_KEY is not: no picture can be edited."
    assert not Settings.load({**REAL, name: text, "SEGMIND_API_KEY": "SG_canary1"}).warnings
    assert not Settings.load({name: text}).warnings, "the playground edits pictures"


@pytest.mark.parametrize("platform", [REAL, {**SLACK, **APP}])
def test_links_that_open_nowhere_else_are_odd(platform: dict[str, str]) -> None:
    here = {"PUBLIC_URL": "http://127.0.0.1:8081"}
    (warning,) = Settings.load({**platform, **here}).warnings
    assert warning.startswith("PUBLIC_URL is this machine's own address: the links")
    standin = dict.fromkeys(("DISCORD_API_BASE", "SLACK_API_BASE"), "http://127.0.0.1:1")
    assert not Settings.load({**platform, **here, **standin}).warnings
    assert not Settings.load({**platform, "PUBLIC_URL": "https://bot.example.org"}).warnings


@pytest.mark.parametrize("text", ["/bot", "/my-bot_2", "/" + "x" * 31])
def test_a_slash_command_may_be_named_as_slack_takes_it(text: str) -> None:
    assert Settings.load({"SLACK_COMMAND": text}).slack_command == text


def test_no_slash_command_is_named_as_one_that_stands_alone() -> None:
    for row in COMMANDS:
        if row.command.asks:
            with pytest.raises(ValueError, match="another of the bot's"):
                values.slack_command(f"/{row.command.name}")


def test_a_backend_of_a_later_version_does_not_count() -> None:
    problem = only_problem({"DISCORD_TOKEN": TOKEN, "RUNWARE_API_KEY": "canary-of-runware"})
    assert problem.startswith("No chat backend")


def test_segmind_alone_is_a_backend() -> None:
    assert Settings.load({"DISCORD_TOKEN": TOKEN, "SEGMIND_API_KEY": "SG_canary"}).has_backend


def test_a_key_that_would_travel_unencrypted_is_warned_about() -> None:
    def said(url: str) -> tuple[str, ...]:
        server = {"OPENAI_COMPATIBLE_BASE_URL": url, "OPENAI_COMPATIBLE_MODELS": "m"}
        return Settings.load(server).warnings

    assert said("http://models.example.org/v1")
    assert not said("https://models.example.org/v1")
    assert not said("http://192.168.1.2/v1")
    assert not said("http://ollama:11434/v1")


def test_the_two_ports_must_differ() -> None:
    assert "same port" in only_problem({"HTTP_PORT": "8080"})
    assert Settings.load({**REAL, "HTTP_PORT": "8080"}).http_port == 8080


def test_a_clock_before_2024_is_a_problem() -> None:
    with pytest.raises(ConfigError, match="clock"):
        Settings.load({}, now=lambda: 1_700_000_000.0)
