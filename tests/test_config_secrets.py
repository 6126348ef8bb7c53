"""Secrets: shown nowhere, placeholders refused."""

from __future__ import annotations

import json
import pickle

import pytest

from bot import settings, values
from bot.config import Settings
from bot.shown import show
from bot.values import Secret
from tests.configured import REAL, TOKEN


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
        show(loaded),
    ]
    assert not [text for text in shown if "anary" in text]
    assert "DISCORD_TOKEN=***  (environment)" in show(loaded)
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
