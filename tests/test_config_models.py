"""The models that settings name, and what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot import offered
from bot.composition import judge_models
from bot.config import Settings
from bot.domain import Model
from bot.errors import ConfigError
from bot.offered import OfferedModel
from tests.configured import REAL, TOKEN, only_problem, problems

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
    assert offered.offered_models(text) == expected


@pytest.mark.parametrize(
    "text", ["a b", "a:1", "a:8192:9000", "8192", ":8192", "a,a", "a:-1", "a:8192:", "a::8192"]
)
def test_models_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a model|limit|max_output|twice"):
        offered.offered_models(text)


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


def judge(settings: Settings) -> dict[str, str]:
    """Know one model."""
    named = {"DEFAULT_MODEL": settings.default_model, "FALLBACK_MODEL": settings.fallback_model}
    return {
        name: "must be one of aimlapi:one"
        for name, model in named.items()
        if model not in (None, "aimlapi:one")
    }


def test_a_default_model_that_is_not_there_is_reported_with_the_others() -> None:
    def found(environ: dict[str, str]) -> list[str]:
        try:
            Settings.load(environ, judge_models=judge)
        except ConfigError as error:
            return [problem.split()[0] for problem in error.problems]
        return []

    assert found({"DEFAULT_MODEL": "aimlapi:one"}) == []
    assert found({}) == []
    assert found({"DEFAULT_MODEL": "two", "HTTP_PORT": "x"}) == ["HTTP_PORT", "DEFAULT_MODEL"]
    assert found({"DEFAULT_MODEL": "two", "FALLBACK_MODEL": "3"}) == [
        "DEFAULT_MODEL",
        "FALLBACK_MODEL",
    ]
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


# --- rows of any backend -----------------------------------------------------------------

KNOWN = Model("aimlapi", "known", window=400_000, max_output=128_000, input_price=250_000)


def test_a_row_is_read_exactly() -> None:
    (row,) = offered.model_rows(
        " aimlapi:openai/gpt-4o-mini  window=128000 output=16384 in=0.15 out=0.600001"
        " pictures=10 seconds=5 efforts=low,high ;"
    )
    assert row.applied_to(None) == Model(
        backend="aimlapi",
        name="openai/gpt-4o-mini",
        window=128_000,
        max_output=16_384,
        input_price=150_000,
        output_price=600_001,
        efforts=("low", "high"),
        pictures=10,
        usual_seconds=5,
    )


def test_a_row_changes_what_it_says_of_a_known_model_and_nothing_else() -> None:
    rows = offered.model_rows("aimlapi:known in=0; segmind:gpt-5-mini; openai_compatible:a:3b")
    merged = offered.merge([KNOWN], rows)
    assert merged[0] == replace(KNOWN, input_price=0)
    assert [model.id for model in merged[1:]] == ["segmind:gpt-5-mini", "openai_compatible:a:3b"]
    assert merged[1].input_price is None


def test_a_small_window_of_a_new_model_leaves_half_for_the_answer() -> None:
    (row,) = offered.model_rows("aimlapi:small window=4096")
    assert row.applied_to(None).max_output == 2048


@pytest.mark.parametrize("text", ["aimlapi:known window=1000", "aimlapi:x window=999 output=1000"])
def test_a_row_that_contradicts_is_found_when_it_is_merged(text: str) -> None:
    with pytest.raises(ValueError, match="over its window"):
        offered.merge([KNOWN], offered.model_rows(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpt-4o", "backend:model"),
        ("nobody:gpt-4o", "backend:model"),
        ("aimlapi:", "backend:model"),
        ("aimlapi:../x", "backend:model"),
        ("aimlapi:x windows=1000", "the words are window="),
        ("aimlapi:x window", "the words are window="),
        ("aimlapi:x window=1000 window=1000", "twice"),
        ("aimlapi:x window=1_000", "digits only"),
        ("aimlapi:x window=255", "256 to"),
        ("aimlapi:x window=٣٠٠٠", "digits only"),
        ("aimlapi:x in=-1", "digits"),
        ("aimlapi:x in=1e-3", "digits"),
        ("aimlapi:x in=.5", "digits"),
        ("aimlapi:x in=0.0000001", "six after the point"),
        ("aimlapi:x out=$2", "digits"),
        ("aimlapi:x pictures=many", "digits only"),
        ("aimlapi:x pictures=101", "0 to 100"),
        ("aimlapi:x efforts=low,HIGH", "low,medium,high"),
        ("aimlapi:x; aimlapi:x in=1", "twice"),
        ("aimlapi:" + "x" * 81, "backend:model"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_and_named(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expected)):
        offered.model_rows(text)


def test_each_wrong_row_is_a_problem_of_its_own() -> None:
    found = problems({"MODELS": "x; aimlapi:y in=z; aimlapi:fine"})
    assert [problem.split()[0] for problem in found] == ["MODELS", "MODELS"]


def test_a_row_without_its_backend_is_warned_about_and_left_out() -> None:
    loaded = Settings.load({**REAL, "MODELS": "segmind:gpt-5-mini"})
    assert loaded.warnings == ("MODELS names segmind:gpt-5-mini, but segmind is not set up.",)
    assert not Settings.load({"MODELS": "segmind:gpt-5-mini"}).warnings


def test_the_models_that_settings_name_are_judged_by_those_that_are_set_up() -> None:
    def judged(**environ: str) -> dict[str, str]:
        return dict(judge_models(Settings.load({**REAL, **environ})))

    assert judged() == {}
    assert judged(MODELS="aimlapi:new", FALLBACK_MODEL="aimlapi:new", DEFAULT_MODEL="new") == {}
    assert list(judged(FALLBACK_MODEL="gone")) == ["FALLBACK_MODEL"]
    contradiction = judged(MODELS="aimlapi:openai/gpt-5-mini-2025-08-07 window=1000")
    assert "over its window" in contradiction["MODELS"]
