"""Finding models by name, reading JSON strictly, and keeping secrets out of words."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.backends import failures, strict_json
from adapters.backends.chat_completions import (
    AIMLAPI,
    OPENAI_COMPATIBLE,
    ChatCompletions,
    adapt,
    build,
    join_url,
)
from adapters.backends.http import Http
from adapters.backends.models import AIMLAPI_MODELS, SEGMIND_MODELS, compatible_model
from adapters.backends.router import Models
from bot.domain import ChatMessage, ChatRequest, Model, Role
from bot.errors import BackendError, BackendFault, ConfigError
from bot.events import BackendEvent
from tests import patience


class Named:
    """A backend that only is one."""

    name = "named"
    repeatable = True

    def stream(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        raise AssertionError(request)


ONE, TWO = Named(), Named()
MODELS = [
    Model("one", "llama3:8b"),
    Model("one", "shared"),
    Model("two", "shared"),
    Model("two", "one:odd"),
]


def found(name: str | None, default: str | None = None) -> tuple[str, Any]:
    model, backend = Models({"one": ONE, "two": TWO}, MODELS, default).find(name)
    return model.id, backend


def test_a_model_is_found_by_either_name() -> None:
    assert found(None) == ("one:llama3:8b", ONE)
    assert found("llama3:8b") == ("one:llama3:8b", ONE)
    assert found("one:llama3:8b") == ("one:llama3:8b", ONE)
    assert found("two:shared") == ("two:shared", TWO)
    assert found("one:odd") == ("two:one:odd", TWO)
    assert found(None, "two:shared") == ("two:shared", TWO)
    models = Models({"one": ONE, "two": TWO}, MODELS, "two:shared")
    assert [model.id for model in models.known()][:2] == ["two:shared", "one:llama3:8b"]
    assert len(models.known()) == 4


@pytest.mark.parametrize("name", ["shared", "llama3", "one:", ":", "three:shared", "LLAMA3:8b"])
def test_any_other_name_is_no_model(name: str) -> None:
    with pytest.raises(BackendError) as caught:
        found(name)
    assert caught.value.fault is BackendFault.NO_MODEL
    assert not caught.value.ambiguous
    assert name in caught.value.detail
    with pytest.raises(ConfigError, match="DEFAULT_MODEL"):
        found(None, name)


def test_models_without_a_backend_or_none_at_all_are_a_fault_of_the_settings() -> None:
    with pytest.raises(ConfigError):
        Models({"one": ONE}, MODELS)
    with pytest.raises(ConfigError):
        Models({"one": ONE}, [])


def test_known_models() -> None:
    [mini] = AIMLAPI_MODELS
    assert (mini.id, mini.window) == ("aimlapi:openai/gpt-5-mini-2025-08-07", 400_000)
    assert mini.backend == AIMLAPI.name
    local = compatible_model("llama3:8b")
    assert local.backend == OPENAI_COMPATIBLE.name
    assert (local.window, local.max_output, local.input_price) == (128_000, 16_384, None)
    assert compatible_model("x", 4096).max_output == 2048
    assert compatible_model("x", 4096, 512).max_output == 512


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://a", "/v1/chat/completions", "https://a/v1/chat/completions"),
        ("https://a/", "/v1/chat/completions", "https://a/v1/chat/completions"),
        ("https://a/v1/", "/v1/chat/completions", "https://a/v1/chat/completions"),
        ("http://a/aimlapi/v1", "/v1/chat/completions", "http://a/aimlapi/v1/chat/completions"),
        ("http://a:1/v1", "/chat/completions", "http://a:1/v1/chat/completions"),
        ("http://a/openai", "/chat/completions", "http://a/openai/chat/completions"),
        ("http://a/v1/chat/completions", "/chat/completions", "http://a/v1/chat/completions"),
    ],
)
def test_urls(base: str, path: str, url: str) -> None:
    assert join_url(base, path) == url


def test_the_models_of_the_seeds_are_rows() -> None:
    models = {model.id: model for model in (*AIMLAPI_MODELS, *SEGMIND_MODELS)}
    assert list(models) == [
        "aimlapi:openai/gpt-5-mini-2025-08-07",
        "segmind:gpt-5-mini",
        "segmind:gpt-5.4-mini",
    ]
    for model in models.values():
        assert (model.window, model.max_output) == (400_000, 128_000)
        assert model.pictures > 0
        assert model.efforts == ("low", "medium", "high")
        assert model.input_price and model.output_price
    assert [model.usual_seconds for model in models.values()] == [0, 48, 5]
    assert compatible_model("x").pictures == 0


def test_the_body_is_built_from_the_request_alone() -> None:
    messages = (
        ChatMessage(Role.SYSTEM, "Be brief."),
        ChatMessage(Role.USER, "Ann: hi", "Ann"),
        ChatMessage(Role.ASSISTANT, "hello"),
    )
    request = ChatRequest(AIMLAPI_MODELS[0], messages, 77, "r", "minimal")
    body = build(request)
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Ann: hi"},
        {"role": "assistant", "content": "hello"},
    ]
    assert "reasoning_effort" not in body
    assert adapt(body, frozenset()) == body
    assert adapt(body, frozenset({"max_completion_tokens"})).get("max_tokens") == 77


@pytest.mark.parametrize("key", ["a b", "a\nb", "ключ", "a\x7f"])
async def test_a_key_that_cannot_be_one_is_a_fault_of_the_settings(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ChatCompletions(AIMLAPI, "https://a", key, Http())
    assert key not in str(caught.value)


# --- JSON ------------------------------------------------------------------------------------

leaves = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text() | st.floats(
    allow_nan=False, allow_infinity=False
)  # fmt: skip
documents = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(documents, st.booleans())
def test_good_json_is_read_as_it_is(value: Any, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace")
    assert strict_json.read_strictly(data) == json.loads(data)
    assert strict_json.read_leniently(data) == json.loads(data)


@given(st.integers(1, 200), st.sampled_from(["[]", '{"a":}']), st.text(max_size=50))
def test_depth_is_exact(depth: int, pair: str, text: str) -> None:
    half = len(pair) - 1
    said = json.dumps(text + '[{\\"]' * 40, ensure_ascii=False)
    assume("\ud800" not in text)
    data = (pair[:half] * depth + said + pair[half:] * depth).encode("utf-8", "replace")
    if depth <= strict_json.DEPTH_MAX:
        strict_json.check_depth(data)
        strict_json.read_strictly(data)
    else:
        with pytest.raises(strict_json.BadJson):
            strict_json.read_strictly(data)


@given(st.binary(max_size=300) | st.text(alphabet='[]{}",:\\x1', max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (strict_json.read_strictly, strict_json.read_leniently):
        with contextlib.suppress(strict_json.BadJson):
            json.dumps(read(data), allow_nan=False).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 8_000_000, b'"' * 8_000_000, b"[" + b"[]," * 2_000_000 + b"1]",
        b"{" * 100 + b'"\\' * 4_000_000, b"[" * 100 + b'"' + b"x" * 8_000_000,
    ],
    ids=range(5),
)  # fmt: skip
def test_depth_is_checked_in_linear_time(data: bytes) -> None:
    with patience.linear(), contextlib.suppress(strict_json.BadJson):
        strict_json.check_depth(data)


# --- secrets ---------------------------------------------------------------------------------

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)


@given(words, st.text(max_size=200), st.text(max_size=200))
def test_no_run_of_the_key_stays(key: str, before: str, after: str) -> None:
    shown = failures.redact(f"{before}{key}{after}", key)
    for i in range(len(key) - 7):
        run = key[i : i + 8]
        assert run not in shown or run in "[key] [prompt] [key][key][key][key]"
    assert len(shown) <= failures.DETAIL_CHARS_MAX


def test_words_that_are_no_secret_stay() -> None:
    told = "The model `x` does not exist"
    assert failures.redact(told, "sk-0123456789", ["Which models exist?"]) == told
    assert failures.redact(told, "") == told
