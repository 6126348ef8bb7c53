"""The manifest is made from the table of commands, for either transport."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from adapters.slack.endpoint import PATH
from adapters.slack.manifest import EVENTS, SCOPES, create_app_url, manifest, stands_alone
from bot.commands import usage_texts
from bot.commands.here import by_slash
from bot.commands.table import ROWS
from bot.ports import EDIT_MENU

TABLE = [row.command for row in ROWS]


def made(http: str | None = None) -> dict[str, Any]:
    """Return the manifest of the real table."""
    return manifest(TABLE, name="Threadbot", command="/bot", http=http)


def test_one_command_takes_the_table_and_those_that_ask_stand_alone() -> None:
    """Several of our words are Slack's own, so they are no commands there."""
    rows = {row["command"]: row for row in made()["features"]["slash_commands"]}
    alone = {f"/{command.name}" for command in TABLE if stands_alone(command)}
    assert set(rows) == {"/bot"} | alone == {"/bot", "/ask", "/edit-image"}
    for command in TABLE:
        name = command.group or command.name
        assert stands_alone(command) or name in rows["/bot"]["usage_hint"]
    assert all(row["should_escape"] for row in rows.values())
    (ask,) = [command for command in TABLE if command.asks]
    # Whoever gets it wrong is told the very same.
    assert f"`/ask {rows['/ask']['usage_hint']}`" in usage_texts.usage(ask, "so", by_slash("/bot"))
    assert "attachment" not in rows["/ask"]["usage_hint"]
    assert all(len(row["usage_hint"]) <= 1000 for row in rows.values())


def test_a_message_has_an_entry_in_its_own_menu() -> None:
    """Where pictures can be edited at all; its name and hint fit Slack's limits."""
    (row,) = made()["features"]["shortcuts"]
    assert (row["type"], row["callback_id"]) == ("message", EDIT_MENU)
    assert 1 <= len(row["name"]) <= 24 and 1 <= len(row["description"]) <= 150
    rest = [command for command in TABLE if not command.opens]
    none = manifest(rest, name="Threadbot", command="/bot", http=None)
    assert "shortcuts" not in none["features"]


def test_sockets_need_no_address_and_http_needs_it_everywhere() -> None:
    """One address takes events, commands and what is pressed."""
    by_socket, by_http = made(), made("https://bot.example.com/")
    assert by_socket["settings"]["socket_mode_enabled"]
    assert "request_url" not in json.dumps(by_socket) and '"url"' not in json.dumps(by_socket)
    url = f"https://bot.example.com{PATH}"
    settings = by_http["settings"]
    assert not settings["socket_mode_enabled"]
    assert settings["event_subscriptions"]["request_url"] == url
    assert settings["interactivity"]["request_url"] == url
    assert {row["url"] for row in by_http["features"]["slash_commands"]} == {url}


def test_what_is_heard_and_done_is_asked_for() -> None:
    """The agent, its prompts and its home; scopes for everything that is called."""
    made_one = made()
    assert made_one["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert made_one["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)
    assert 1 <= len(made_one["features"]["agent_view"]["suggested_prompts"]) <= 4
    assert made_one["features"]["app_home"]["home_tab_enabled"]
    assert len(made_one["display_information"]["description"]) <= 140


def test_the_link_carries_the_whole_manifest() -> None:
    """One click: Slack reads it from the address."""
    url = create_app_url(made())
    assert url.startswith("https://api.slack.com/apps?") and len(url) < 8_000
    assert "+" not in url and "%20" in url
    query = parse_qs(urlsplit(url).query)
    assert query["new_app"] == ["1"]
    assert json.loads(query["manifest_json"][0]) == made()
