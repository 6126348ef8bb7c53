"""Misspelt, unknown and doubled names of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from tests.configured import REAL, only_problem, problems


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
        " DISCORD_TOKEN, DISCORD_API_BASE, DISCORD_GATEWAY_URL, DISCORD_CDN_BASE,"
        " DISCORD_DEV_SERVER."
    )
    assert only_problem({"runware_x": "canary"}).endswith("RUNWARE_API_KEY, RUNWARE_BASE_URL.")


@pytest.mark.parametrize(
    "prefix",
    ["DISCORD_", "SLACK_", "AIMLAPI_", "OPENAI_COMPATIBLE_", "SEGMIND_", "RUNWARE_", "PLAYGROUND_"],
)
def test_every_beginning_of_ours_is_known(prefix: str) -> None:
    assert only_problem({f"{prefix}QQQ": "x"}).startswith(f"{prefix}QQQ in the environment")


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
