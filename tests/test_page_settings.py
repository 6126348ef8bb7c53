"""What the playground reads, what it hands to the bot, and where it listens."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from adapters.playground.__main__ import CannotStart, hold, listen, welcome
from adapters.playground.outside import Outside, describe
from adapters.playground.settings import SettingsError, read_settings
from bot.config import Settings

PLATFORM = "DISCORD_TOKEN (or SLACK_BOT_TOKEN and SLACK_APP_TOKEN)"


def test_with_nothing_set_everything_is_simulated() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.platforms == ("discord", "slack")
    assert settings.aimlapi
    assert settings.segmind
    assert settings.real == ()


def test_what_has_a_key_stays_real() -> None:
    settings = read_settings({"AIMLAPI_API_KEY": "k", "DISCORD_TOKEN": "  "})
    assert settings.discord, "an empty value counts as unset"
    assert not settings.aimlapi
    assert settings.real == ("AI/ML API",)


@pytest.mark.parametrize("port", ["http", "-1", "65536", "80.5"])
def test_a_wrong_port_is_refused_by_name(port: str) -> None:
    with pytest.raises(SettingsError, match="PLAYGROUND_PORT"):
        read_settings({"PLAYGROUND_PORT": port})


def test_the_bot_gets_ordinary_settings_for_what_is_simulated_only(tmp_path: Path) -> None:
    base = "http://127.0.0.1:8080"
    environ = {"DATA_DIR": str(tmp_path)}
    handed = _handed(environ, base)
    Settings.load({**environ, **handed})  # what the bot is handed, it must also accept
    assert handed["PLAYGROUND"] == "off"
    assert handed["DATA_DIR"] == str(tmp_path / "bot")
    assert handed["DISCORD_API_BASE"] == f"{base}/discord/api/v10"
    assert handed["DISCORD_GATEWAY_URL"].startswith("ws://127.0.0.1:8080/discord/")
    assert handed["AIMLAPI_BASE_URL"] == f"{base}/aimlapi/v1"
    assert handed["SLACK_API_BASE"] == f"{base}/slack/api"
    assert handed["SLACK_BOT_TOKEN"].startswith("xoxb-")
    assert handed["SLACK_APP_TOKEN"].startswith("xapp-")

    assert (
        _handed(environ | {"AIMLAPI_API_KEY": "real"}, base)
        .keys()
        .isdisjoint({"AIMLAPI_API_KEY", "AIMLAPI_BASE_URL"})
    )
    assert (
        _handed(environ | {"SLACK_BOT_TOKEN": "real"}, base)
        .keys()
        .isdisjoint({"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_BASE"})
    )
    assert (
        _handed(environ | {"DISCORD_TOKEN": "real"}, base)
        .keys()
        .isdisjoint(
            {"DISCORD_TOKEN", "DISCORD_API_BASE", "DISCORD_GATEWAY_URL", "DISCORD_CDN_BASE"}
        )
    )


def test_links_of_the_bot_open_where_the_page_is_looked_at(tmp_path: Path) -> None:
    base, here = "http://127.0.0.1:8080", {"DATA_DIR": str(tmp_path)}
    assert _handed(here, base)["PUBLIC_URL"] == "http://127.0.0.1:8081"
    assert _handed(here | {"HTTP_PORT": "9"}, base)["PUBLIC_URL"] == "http://127.0.0.1:9"
    contained = here | {"HTTP_HOST": "0.0.0.0"}
    assert _handed(contained, base)["PUBLIC_URL"] == "http://127.0.0.1:8081"
    # Of the bot's port nothing is known, its own address is told, http would not be allowed, or
    # people elsewhere are given links, too.
    for name, text in (
        ("HTTP_PORT", "0"),
        ("PUBLIC_URL", "https://b"),
        ("HTTP_HOST", "192.168.0.9"),
        ("DISCORD_TOKEN", "real"),
        ("SLACK_BOT_TOKEN", "real"),
    ):
        assert "PUBLIC_URL" not in _handed(here | {name: text}, base), name


def _handed(environ: dict[str, str], base: str) -> dict[str, str]:
    settings = read_settings(environ)
    settings.world.mkdir(parents=True, exist_ok=True)
    outside = Outside(settings, base, lambda _platform: None)
    try:
        return outside.bot_settings()
    finally:
        outside.discord.world.close()
        outside.slack.world.close()
        outside.history.close()


def test_the_banner_names_what_is_simulated_and_what_costs_money() -> None:
    assert "nothing leaves" in describe(read_settings({}))
    real_model = describe(read_settings({"AIMLAPI_API_KEY": "k"}))
    assert "AI/ML API" in real_model
    assert "nothing leaves" not in real_model
    one_real = describe(read_settings({"DISCORD_TOKEN": "t"}))
    assert "Discord is connected for real" in one_real
    assert "Slack is a stand-in" in one_real
    both_real = describe(read_settings({"DISCORD_TOKEN": "t", "SLACK_BOT_TOKEN": "t"}))
    assert "Discord and Slack are connected for real" in both_real
    assert "stand-in" not in both_real


def test_what_this_version_has_no_use_for_is_not_called_real() -> None:
    settings = read_settings({"RUNWARE_API_KEY": "k"})
    assert settings.real == ()
    assert "nothing leaves" in describe(settings)
    said = welcome(settings, "http://127.0.0.1:8080/", 8080)
    assert "Real         nothing\n" in said
    assert "Not used     Runware (not available in this version)\n" in said
    assert "Not used" not in welcome(read_settings({}), "http://127.0.0.1:8080/", 8080)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, f"{PLATFORM} and AIMLAPI_API_KEY"),
        ({"AIMLAPI_API_KEY": "k"}, PLATFORM),
        ({"OPENAI_COMPATIBLE_BASE_URL": "http://a/v1"}, PLATFORM),
        ({"SEGMIND_API_KEY": "k"}, PLATFORM),
        ({"DISCORD_TOKEN": "t"}, "AIMLAPI_API_KEY"),
        ({"SLACK_BOT_TOKEN": "t"}, "AIMLAPI_API_KEY"),
        ({"DISCORD_TOKEN": "t", "AIMLAPI_API_KEY": "k"}, ""),
    ],
)
def test_only_what_is_missing_is_asked_for(given: dict[str, str], missing: str) -> None:
    said = welcome(read_settings(given), "http://127.0.0.1:8080/", 8080)
    asked = [line for line in said.splitlines() if ".env" in line]
    assert [f"put {missing} into .env" in line for line in asked] == ([True] if missing else [])


def test_the_first_lines_say_where_the_bots_log_is(tmp_path: Path) -> None:
    settings = read_settings({"DATA_DIR": str(tmp_path)})
    log = tmp_path / "playground" / "bot.log"
    assert f"Bot's log {log}" in " ".join(welcome(settings, "http://a/", 0).split())


def test_a_port_in_use_gives_the_next_free_one_but_never_the_bots_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen("127.0.0.1", port, avoid=0) as first:
            assert first.getsockname()[1] > port
        with listen("127.0.0.1", port, avoid=port + 1) as second:
            assert second.getsockname()[1] > port + 1


def test_two_playgrounds_do_not_share_a_world(tmp_path: Path) -> None:
    with hold(tmp_path / "world"):
        with pytest.raises(CannotStart, match="DATA_DIR") as refused, hold(tmp_path / "world"):
            pass
        assert refused.value.code == 75
    with hold(tmp_path / "world"):
        pass
