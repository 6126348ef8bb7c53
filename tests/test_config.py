"""The settings: read by one table, every problem at once, never a secret in a message."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path

import pytest

from bot import config, settings, values
from bot.config import Settings
from bot.errors import ConfigError
from bot.values import OfferedModel, Secret

ROOT = Path(__file__).resolve().parent.parent
# The shape of a bot's token, with nobody's id in it.
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAw.GabcDe." + "s3cr3tCanary" * 3
REAL = {"DISCORD_TOKEN": TOKEN, "AIMLAPI_API_KEY": "k-canary-123456"}


def problems(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Settings.load(environ, env_file)
    return caught.value.problems


def only_problem(environ: dict[str, str], env_file: Path | None = None) -> str:
    (problem,) = problems(environ, env_file)
    return problem


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


def test_settings_have_exactly_the_rows_of_the_table() -> None:
    fields = {field.name.upper() for field in dataclasses.fields(Settings)}
    assert fields - {"SOURCES", "WARNINGS"} == set(settings.ROWS)


def test_every_default_and_example_is_accepted_by_its_own_parser() -> None:
    for row in settings.ROWS.values():
        for text in (row.default, row.example):
            if text:
                row.parse(text)


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
    assert [problem.split()[0] for problem in found] == ["HTTP_PORT", "DISCORD_TOKEN", "No"]


def test_a_wrong_token_does_not_hide_that_no_backend_is_set() -> None:
    for token in ("nonsense", "Bearer x", ""):
        found = problems({"DISCORD_TOKEN": token})
        assert [problem.split()[0] for problem in found] == ["DISCORD_TOKEN", "No"], token
    found = problems({"SLACK_BOT_TOKEN": "nonsense", "PLAYGROUND": "off"})
    assert [problem.split()[0] for problem in found] == ["SLACK_BOT_TOKEN", "Slack", "No"]


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
        ("SLACK_SIGNING_SECRET", "0" * 31, "32 hexadecimal"),
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
        ("DATA_DIR", "", "directory"),
        ("DATA_DIR", str(Path(__file__)), "not a directory"),
    ],
)
def test_a_wrong_value_says_what_was_expected(name: str, text: str, expected: str) -> None:
    problem = only_problem({**REAL, name: text})
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


def test_the_database_may_be_anywhere() -> None:
    assert Settings.load({"DATABASE_URL": "sqlite:////srv/x.db"}).database == Path("/srv/x.db")
    assert Settings.load({"DATABASE_URL": "sqlite:///x.db"}).database == Path("x.db")
    assert Settings.load({"DATA_DIR": "elsewhere"}).database == Path("elsewhere/threadbot.db")


def test_admins_of_both_platforms_are_read() -> None:
    text = "discord:80351110224678912, slack:T061EG9R6/U061F7AUR,"
    expected = {"discord:80351110224678912", "slack:T061EG9R6/U061F7AUR"}
    assert Settings.load({"ADMIN_IDS": text}).admin_ids == expected


# --- the compatible server ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpt-oss", (OfferedModel("gpt-oss"),)),
        ("llama3.2:3b", (OfferedModel("llama3.2:3b"),)),
        ("llama3.2:3b:8192", (OfferedModel("llama3.2:3b", 8192),)),
        ("a/b:8192:1024, c", (OfferedModel("a/b", 8192, 1024), OfferedModel("c"))),
        ("a,,b,", (OfferedModel("a"), OfferedModel("b"))),
        ("m:2024:8192:1024", (OfferedModel("m:2024", 8192, 1024),)),
    ],
)
def test_models_are_read_with_their_limits(text: str, expected: tuple[OfferedModel, ...]) -> None:
    assert values.offered_models(text) == expected


@pytest.mark.parametrize(
    "text", ["a b", "a:1", "a:8192:9000", "8192", ":8192", "a,a", "a:-1", "a:8192:", "a::8192"]
)
def test_models_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a model|limit|max_output|twice"):
        values.offered_models(text)


def test_each_wrong_model_is_named_beside_every_other_problem() -> None:
    models = {"OPENAI_COMPATIBLE_BASE_URL": "x", "OPENAI_COMPATIBLE_MODELS": "good,a b,c:1,d,d"}
    found = problems({**models, "HTTP_PORT": "x"})
    named = [problem for problem in found if problem.startswith("OPENAI_COMPATIBLE_MODELS ")]
    assert [
        quoted for problem in named for quoted in ("'a b'", "'c:1'", "'d'") if quoted in problem
    ] == ["'a b'", "'c:1'", "'d'"]
    assert len(found) == 5
    lonely = problems({"OPENAI_COMPATIBLE_MODELS": "a b", "PLAYGROUND": "on"})
    assert lonely[1].startswith("OPENAI_COMPATIBLE_BASE_URL is missing, although")
    secret = "sk-" + "s3cr3tCanary" * 3
    (problem,) = problems(
        {"OPENAI_COMPATIBLE_BASE_URL": "http://a/v1", "OPENAI_COMPATIBLE_MODELS": f"a {secret}"}
    )
    assert "anary" not in problem


def test_each_wrong_admin_is_named() -> None:
    found = problems({"ADMIN_IDS": "discord:1,alice,slack:bob"})
    assert ["'alice'" in found[0], "'slack:bob'" in found[1], len(found)] == [True, True, 2]


def judge(settings: Settings) -> str | None:
    """Know one model."""
    return None if settings.default_model == "aimlapi:one" else "must be one of aimlapi:one"


def test_a_default_model_that_is_not_there_is_reported_with_the_others() -> None:
    def found(environ: dict[str, str]) -> list[str]:
        try:
            Settings.load(environ, judge_model=judge)
        except ConfigError as error:
            return [problem.split()[0] for problem in error.problems]
        return []

    assert found({"DEFAULT_MODEL": "aimlapi:one"}) == []
    assert found({}) == []
    assert found({"DEFAULT_MODEL": "two", "HTTP_PORT": "x"}) == ["HTTP_PORT", "DEFAULT_MODEL"]
    # Where there is no backend, or its models cannot be read, there is nothing to judge by.
    assert found({"DEFAULT_MODEL": "two", "DISCORD_TOKEN": TOKEN}) == ["No"]
    server = {"OPENAI_COMPATIBLE_BASE_URL": "http://a/v1", "OPENAI_COMPATIBLE_MODELS": "a b"}
    assert found({"DEFAULT_MODEL": "two", **server}) == ["OPENAI_COMPATIBLE_MODELS"]


def test_a_local_server_needs_an_address_and_models_but_no_key() -> None:
    server = {"OPENAI_COMPATIBLE_BASE_URL": "http://127.0.0.1:11434/v1"}
    assert only_problem(server).startswith("OPENAI_COMPATIBLE_MODELS is missing")
    loaded = Settings.load(
        {**server, "DISCORD_TOKEN": TOKEN, "OPENAI_COMPATIBLE_MODELS": "llama3.2:3b"}
    )
    assert loaded.has_backend
    assert loaded.openai_compatible_api_key is None
    found = problems({"OPENAI_COMPATIBLE_API_KEY": "canary"})
    assert found[0].startswith("OPENAI_COMPATIBLE_BASE_URL is missing")
    assert len(found) == 1


# --- what must be there ------------------------------------------------------------------


def test_a_platform_without_any_backend_is_a_problem() -> None:
    assert only_problem({"DISCORD_TOKEN": TOKEN}).startswith("No chat backend is set")


def test_no_platform_and_no_playground_is_a_problem() -> None:
    problem = only_problem({"PLAYGROUND": "off", "AIMLAPI_API_KEY": "k-canary"})
    assert problem.startswith("DISCORD_TOKEN is missing")


def test_slack_alone_is_a_problem_and_beside_discord_a_warning() -> None:
    slack = {"SLACK_BOT_TOKEN": "xoxb-1-canary"}
    assert "Slack is not available" in only_problem({**slack, "AIMLAPI_API_KEY": "k-canary"})
    (warning,) = Settings.load({**REAL, **slack}).warnings
    assert warning.startswith("Slack is not available")
    assert Settings.load({**slack, "PLAYGROUND": "on"}).wants_playground


def test_a_backend_of_a_later_version_does_not_count() -> None:
    problem = only_problem({"DISCORD_TOKEN": TOKEN, "SEGMIND_API_KEY": "SG_canary"})
    assert problem.startswith("No chat backend")


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


# --- misspelt and doubled names ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DISCORD_TOKN", "DISCORD_TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("discord_token", "DISCORD_TOKEN"),
        ("AIMLAPI_KEY", "AIMLAPI_API_KEY"),
        ("OPENAI_COMPATIBLE_MODEL", "OPENAI_COMPATIBLE_MODELS"),
        ("DATA_DIRECTORY", "DATA_DIR"),
    ],
)
def test_a_misspelt_name_in_the_file_gets_a_suggestion(
    tmp_path: Path, name: str, meant: str
) -> None:
    env = tmp_path / ".env"
    env.write_text(f"{name}=canary\n")
    problem = only_problem({}, env)
    assert problem == f"{name} in .env is not a setting; did you mean {meant}?"


@pytest.mark.parametrize("there", [{}, {**REAL, "HTTP_PORT": "9001", "PLAYGROUND_PORT": "9002"}])
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DISCORD_TOKN", "DISCORD_TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("AIMLAPI_KEY", "AIMLAPI_API_KEY"),
        ("AIML_API_KEY", "AIMLAPI_API_KEY"),
        ("SLACK_TOKEN", "SLACK_BOT_TOKEN"),
        ("OPENAI_COMPATIBLE_URL", "OPENAI_COMPATIBLE_BASE_URL"),
        ("HTTP_PORTT", "HTTP_PORT"),
        ("http_port", "HTTP_PORT"),
        ("Data_Dir", "DATA_DIR"),
        ("PLAYGROUND_PORTT", "PLAYGROUND_PORT"),
        ("PLAYGROND", "PLAYGROUND"),
        ("playground_port", "PLAYGROUND_PORT"),
        ("LOG_LEVELS", "LOG_LEVEL"),
        ("ADMIN_ID", "ADMIN_IDS"),
    ],
)
def test_a_misspelt_name_in_the_environment_is_found_whatever_else_is_set(
    name: str, meant: str, there: dict[str, str]
) -> None:
    assert only_problem({**there, name: "canary"}) == (
        f"{name} in the environment is not a setting; did you mean {meant}?"
    )


def test_a_name_with_our_own_beginning_is_never_passed_over() -> None:
    assert only_problem({"DISCORD_SOMETHING": "canary"}) == (
        "DISCORD_SOMETHING in the environment is not a setting; those that begin so are"
        " DISCORD_TOKEN, DISCORD_API_BASE, DISCORD_GATEWAY_URL, DISCORD_CDN_BASE."
    )
    assert only_problem({"runware_x": "canary"}).endswith("RUNWARE_API_KEY, RUNWARE_BASE_URL.")


@pytest.mark.parametrize(
    "prefix",
    ["DISCORD_", "SLACK_", "AIMLAPI_", "OPENAI_COMPATIBLE_", "SEGMIND_", "RUNWARE_", "PLAYGROUND_"],
)
def test_every_beginning_of_ours_is_known(prefix: str) -> None:
    assert only_problem({f"{prefix}QQQ": "x"}).startswith(f"{prefix}QQQ in the environment")


def test_a_group_is_told_by_the_beginning_of_its_names() -> None:
    for group in settings.TABLE:
        if group.prefix:
            begun = [row for row in settings.ROWS.values() if row.name.startswith(group.prefix)]
            assert tuple(begun) == group.rows


def test_names_of_other_programs_in_the_environment_are_left_alone() -> None:
    others = (
        "ALL_PROXY",
        "COLORTERM",
        "DATABASE_HOST",
        "DISCORD_WEBHOOK_URL",
        "HOME",
        "HTTPS_PORT",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "LOGLEVEL",
        "LOGNAME",
        "LOG_DIR",
        "LOG_FILE",
        "MODEL",
        "NO_PROXY",
        "OPENAI_API_BASE",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "PATH",
        "PORT",
        "PUBLIC_IP",
        "PUBLIC_KEY",
        "SLACK_WEBHOOK_URL",
        "TEST_DATABASE_URL",
        "XDG_DATA_DIRS",
        "XDG_DATA_HOME",
        "http_proxy",
        "https_proxy",
        "no_proxy",
    )
    Settings.load(dict.fromkeys(others, "x"))


def test_what_cannot_be_a_setting_is_named_by_its_line(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("# mine\nHTTP_PORT=9001\n\nFROBNICATE=1\nHTTP_PORT=9002\nLOG_LEVEL\n")
    assert problems({}, env) == [
        ".env line 5 sets HTTP_PORT again (first on line 2).",
        ".env line 6 is not NAME=value.",
        "FROBNICATE in .env is not a setting.",
    ]


def test_names_of_other_programs_may_stand_in_the_file(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("COMPOSE_PROJECT_NAME=x\nTZ=UTC\nHTTPS_PROXY=http://proxy\n")
    Settings.load({}, env)


def test_a_file_that_cannot_be_read_is_a_problem_in_words(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    assert only_problem({}, tmp_path / ".env") == (
        ".env cannot be read: it is not UTF-8 text; save it as UTF-8."
    )
    assert only_problem({}, tmp_path) == ".env cannot be read: it is a directory, not a file."
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert only_problem({}, loop).startswith(".env cannot be read: too many levels")


# --- secrets -----------------------------------------------------------------------------


def test_a_secret_shows_in_no_way_but_one() -> None:
    loaded = Settings.load(REAL)
    token = loaded.discord_token
    assert token is not None
    assert token.reveal() == TOKEN
    shown = [
        repr(token),
        str(token),
        f"{token}",
        f"{token!r:>9}",
        repr(loaded),
        config.show(loaded),
    ]
    assert not [text for text in shown if "anary" in text]
    assert "DISCORD_TOKEN=***  (environment)" in config.show(loaded)
    with pytest.raises(TypeError):
        pickle.dumps(token)
    with pytest.raises(TypeError):
        json.dumps(token)


@pytest.mark.parametrize(
    "key", ["my-very-secret-key-123", "example-gateway-7f3a", "your.own.key-1", "prod-key-here-2"]
)
def test_a_key_that_only_resembles_a_placeholder_is_taken(key: str) -> None:
    assert values.secret(key) == Secret(key)


@pytest.mark.parametrize(
    "text",
    [
        "<your key>",
        "...",
        "***",
        "sk-xxxx",
        "xoxb-your-token",
        "YOUR_API_KEY",
        "your-bot-token-here",
        "insert_your_token_here",
        "my-api-key",
        "key_goes_here",
        "change-me",
        "REPLACE_ME",
        "placeholder",
        "todo",
        "example",
        "api-key",
        "secret",
    ],
)
def test_a_placeholder_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="placeholder"):
        values.secret(text)


def test_what_is_shown_is_what_a_person_would_write() -> None:
    written = {
        **REAL,
        "OPENAI_COMPATIBLE_BASE_URL": "http://127.0.0.1:11434/v1",
        "OPENAI_COMPATIBLE_MODELS": "llama3.2:3b:128000:4096,b",
        "ADMIN_IDS": "discord:1,slack:T061EG9R6/U061F7AUR",
        "DATABASE_URL": "sqlite:////srv/x.db",
        "SYSTEM_PROMPT": "One.\\nTwo\x1b[31m.",
    }
    loaded = Settings.load(written)
    lines = config.show(loaded).splitlines()
    assert len(lines) == len(settings.ROWS)
    shown = {line.split("=")[0]: line.partition("=")[2].rpartition("  (")[0] for line in lines}
    for name, row in settings.ROWS.items():
        if row.secret:
            assert shown[name] in ("", "***")
        elif name != "SYSTEM_PROMPT":
            assert shown[name] == written.get(name, row.default), name
    assert shown["SYSTEM_PROMPT"] == "One.\\nTwo\\x1b[31m."


def test_every_secret_of_the_table_is_known_to_the_redaction() -> None:
    texts = {
        "SLACK_BOT_TOKEN": "xoxb-canary",
        "SLACK_APP_TOKEN": "xapp-canary",
        "SLACK_SIGNING_SECRET": "0" * 32,
        "OPENAI_COMPATIBLE_BASE_URL": "http://localhost/v1",
        "OPENAI_COMPATIBLE_MODELS": "m",
    }
    secret = {name for name, row in settings.ROWS.items() if row.secret}
    given = {name: texts.get(name, f"canary-{name}") for name in secret - {"DISCORD_TOKEN"}}
    loaded = Settings.load({**texts, **given, "DISCORD_TOKEN": TOKEN})
    assert set(loaded.secrets) == {*given.values(), TOKEN}
    likely = {name for name in settings.ROWS if name.endswith(("_TOKEN", "_KEY", "_SECRET"))}
    assert secret == likely


# --- what is generated -------------------------------------------------------------------


def test_the_example_file_is_the_table() -> None:
    assert (ROOT / ".env.example").read_text() == settings.example()


def test_the_example_file_changes_nothing_as_it_is_and_reads_well_uncommented(
    tmp_path: Path,
) -> None:
    env = tmp_path / ".env"
    env.write_text(settings.example())
    assert set(Settings.load({}, env).sources.values()) == {"default"}
    lines = settings.example().splitlines()
    rows = {line.split("=")[0][1:]: line[1:] for line in lines if line[1:2].isupper()}
    assert set(rows) == set(settings.ROWS)
    env.write_text("\n".join(text for text in rows.values() if not text.endswith("=")))
    loaded = Settings.load({}, env)
    assert loaded.system_prompt == Settings.load({}).system_prompt


def test_the_readme_has_the_table() -> None:
    assert settings.markdown_table() in (ROOT / "README.md").read_text()
