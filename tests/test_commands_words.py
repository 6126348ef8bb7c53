"""Commands as words: what each comes to, what stays a question, and what nobody may send."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.commands import texts
from bot.commands.arguments import Value
from bot.commands.here import by_mention, by_slash
from bot.commands.table import ROWS
from bot.commands.words import parse, recognise
from bot.ports import OptionKind, Spoken
from tests import patience

TABLE = [row.command for row in ROWS]
NAMES = [command.name for command in TABLE]
MINI = "gpt-5-mini"
MODELS = {MINI, f"segmind:{MINI}"}
Read = tuple[str, Mapping[str, Value]]


def typed(words: str) -> Read | str:
    """Read the words of the slash command."""
    found = parse(words, TABLE, by_slash("/bot"), MODELS.__contains__, "/bot")
    return (found.command.name, found.arguments) if isinstance(found, Spoken) else found


def said(words: str) -> Read | str | None:
    """Read words after a mention."""
    found = recognise(words, TABLE, by_mention(), MODELS.__contains__, MODELS.__contains__, "/bot")
    return (found.command.name, found.arguments) if isinstance(found, Spoken) else found


# --- after the slash command ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        ("", "help", {}),
        ("  ", "help", {}),
        ("help", "help", {}),
        ("HELP!", "help", {}),
        ("?", "help", {}),
        ("-h", "help", {}),
        ("--HELP", "help", {}),
        ("/bot --help", "help", {}),
        ("help me", "help", {}),
        ("help help", "help", {}),
        ("/status", "status", {}),
        ("Status.", "status", {}),
        ("/bot status", "status", {}),
        ("model", "model", {}),
        (f"model {MINI}", "model", {"model": MINI}),
        (f"model\n{MINI}", "model", {"model": MINI}),
        (f"model `{MINI}`", "model", {"model": MINI}),
        (f"model model:{MINI}", "model", {"model": MINI}),
        (
            f"model segmind:{MINI} for:channel",
            "model",
            {"model": f"segmind:{MINI}", "for": "channel"},
        ),
        (f"model for=Channel {MINI}", "model", {"model": MINI, "for": "channel"}),
        (f"model FOR: workspace {MINI}", "model", {"model": MINI, "for": "server"}),
        (f"model for\uff1aserver {MINI}", "model", {"model": MINI, "for": "server"}),
        ("model reset", "model", {"reset": True}),
        ("model reset:yes for:server", "model", {"reset": True, "for": "server"}),
        ("model reset:off", "model", {"reset": False}),
        ("persona", "persona", {}),
        ("persona You are a pirate", "persona", {"text": "You are a pirate"}),
        ("persona “You are a pirate”", "persona", {"text": "You are a pirate"}),
        (
            "persona You are\na pirate for:channel",
            "persona",
            {"text": "You are\na pirate", "for": "channel"},
        ),
        (
            "persona for:channel note: be kind",
            "persona",
            {"text": "note: be kind", "for": "channel"},
        ),
        ("persona text:You are 'kind'", "persona", {"text": "You are 'kind'"}),
        ("persona text:“Be kind” for:thread", "persona", {"text": "Be kind", "for": "thread"}),
        ("persona text:'tis the ship's day", "persona", {"text": "'tis the ship's day"}),
        ("persona reset", "persona", {"reset": True}),
        ("persona reset for:channel", "persona", {"reset": True, "for": "channel"}),
        ("persona reset everything", "persona", {"text": "reset everything"}),
        ("settings mentions:never", "settings", {"mentions": "never"}),
        ("settings mentions never", "settings", {"mentions": "never"}),
        ("settings reset", "settings", {"reset": True}),
        ('settings mentions:"never" follow=no', "settings", {"mentions": "never", "follow": False}),
        ("settings follow on", "settings", {"follow": True}),
        ("ask what is a monad?", "ask", {"prompt": "what is a monad?"}),
        ('ask "what" is that?', "ask", {"prompt": '"what" is that?'}),
        (
            "ask https://example.org: what is it?",
            "ask",
            {"prompt": "https://example.org: what is it?"},
        ),
        ("ask why effort:low", "ask", {"prompt": "why", "effort": "low"}),
        ("ask why? effort:Low", "ask", {"prompt": "why?", "effort": "low"}),
        (
            f"ask why? model:{MINI} max_tokens:500",
            "ask",
            {"prompt": "why?", "model": MINI, "max_tokens": 500},
        ),
        ("ask why effort:silly", "ask", {"prompt": "why effort:silly"}),
        ("ask why model:nosuch", "ask", {"prompt": "why model:nosuch"}),
        ("ask what is effort:low for?", "ask", {"prompt": "what is effort:low for?"}),
        (
            "ask effort:low is it effort:high",
            "ask",
            {"effort": "low", "prompt": "is it effort:high"},
        ),
        (
            "ask effort:low or effort:high",
            "ask",
            {"effort": "low", "prompt": "or effort:high"},
        ),
        (
            "ask is it effort:low effort:high",
            "ask",
            {"prompt": "is it effort:low", "effort": "high"},
        ),
        ("ask reset", "ask", {"prompt": "reset"}),
        (
            "ask effort:low max_tokens:500 a = b?",
            "ask",
            {"effort": "low", "max_tokens": 500, "prompt": "a = b?"},
        ),
        ('ask model:"gpt-5-mini" why?', "ask", {"model": MINI, "prompt": "why?"}),
        ("ask prompt:Why? effort:low", "ask", {"prompt": "Why?", "effort": "low"}),
        ('ask prompt:"Why?" effort:low', "ask", {"prompt": "Why?", "effort": "low"}),
        ('ask prompt:"Why" he asked', "ask", {"prompt": '"Why" he asked'}),
        ("ask attachment:me what is it?", "ask", {"prompt": "attachment:me what is it?"}),
    ],
)
def test_words_are_read_with_their_types(
    words: str, name: str, arguments: dict[str, Value]
) -> None:
    assert typed(words) == (name, arguments)


@pytest.mark.parametrize(
    ("words", "why", "how"),
    [
        ("ask", "`prompt` is missing", "Write `/ask [model:…] [effort:…] [max_tokens:…] prompt…`."),
        ("ask effort:silly why?", "`effort` must be one of `none`", "Write `/ask"),
        ("ask max_tokens:٥٠ why?", "digits only", "Write `/ask"),
        (
            "model for:galaxy x",
            "`for` must be one of `thread`, `channel`, `workspace`.",
            "Write `/bot model [model…] [for:…] [reset:true]`.",
        ),
        ("model for:channel for:thread", "`for` is given twice", "Write `/bot model"),
        (f"model {MINI} model:{MINI}", "`model` is given twice", "Write `/bot model"),
        ("model model:", "`model` is empty", "Write `/bot model"),
        (f"model {'x' * 101}", "at most 100 characters", "Write `/bot model"),
        (
            "persona " + "x" * 1_501,
            "at most 1,500 characters",
            "Write `/bot persona [text…] [for:…] [reset:true]`.",
        ),
        ("settings follow", "`follow` must be `true` or `false`", "Write `/bot settings"),
        (
            "settings follow:maybe",
            "`follow` must be",
            "Write `/bot settings [mentions:…] [follow:true] [reset:true]`.",
        ),
        ("settings mentions:", "`mentions` must be one of", "Write `/bot settings"),
        ("settings everything", "what `everything` is to mean", "Write `/bot settings"),
        ("settings where:here", "it has no option `where`", "Write `/bot settings"),
        (f"model {MINI} where:server", "it has no option `where`", "Write `/bot model"),
        (f"model where=server {MINI}", "it has no option `where`", "Write `/bot model"),
        ("status of the project?", "what `of` is to mean", "Write `/bot status`."),
        ("new ideas", "what `ideas` is to mean", "Write `/bot new`."),
        (
            "quota set <@T1/U2> 5 € per day",
            "what `€` is to mean",
            "Write it like `/bot quota set @name 50 requests per day`;"
            " `/bot quota set help` explains it.",
        ),
        ("quota block <#T1/C4>", "it takes no channel", "Write it like `/bot quota block @name`"),
        ("quota reset <@T1/U2> <@T1/U3>", "`user` is given twice", "`/bot quota reset @name`"),
        ("quota set `x`", "what `'x'` is to mean", "Write it like"),
    ],
)
def test_words_that_cannot_be_read_are_told_how_it_is_written(
    words: str, why: str, how: str
) -> None:
    found = typed(words)
    assert isinstance(found, str)
    assert found.startswith("I could not read that: ")
    assert why in found
    assert how in found
    assert texts.NOTHING_DONE in found


@pytest.mark.parametrize(
    "words",
    [
        *("model help", "model --help", "model ?", "/bot model -h"),
        *("help model", "help /model", "/bot help Model.", "? model", "/help model", "-h model"),
    ],
)
def test_help_behind_a_command_explains_it(words: str) -> None:
    found = typed(words)
    assert isinstance(found, str)
    first, *options = found.split("\n")
    assert first.startswith("Write `/bot model [model…] [for:…] [reset:true]`: Show or choose")
    assert first.endswith(texts.NOTHING_DONE)
    assert [line.split(":")[0] for line in options] == ["• `model`", "• `for`", "• `reset`"]
    assert "`thread`, `channel`, `workspace`" in found
    assert "server" not in found
    assert str(typed("ask help")).startswith("Write `/ask [model:…]")


def test_help_on_a_command_is_told_whichever_word_comes_first() -> None:
    for turn in (typed, said):
        assert turn("help quota") == turn("quota help") != turn("help")
        assert turn("help quota set") == turn("quota set help")
        assert turn("help settings") == turn("settings help")
    assert said("help model me") is None
    assert said("-h is what?") is None


def test_help_behind_a_command_is_no_question() -> None:
    assert str(said("model help")).startswith("Write after a mention `model [model…]")
    assert str(said("persona --help")).startswith("Write after a mention `persona [text…]")
    assert said("ask help") is None
    assert said("model help me") is None


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("modle gpt-5-mini", "`/bot model`"),
        ("setings", "`/bot settings`"),
        ("personna x", "`/bot persona`"),
        ("what is a monad?", ""),
        ("x" * 5_000, ""),
        ("/", ""),
        ("/etc/passwd", ""),
        ("for:channel", ""),
        ("\u202elanosrep", ""),
    ],
)
def test_an_unknown_word_is_told_the_nearest_command_and_help(words: str, near: str) -> None:
    found = typed(words)
    assert isinstance(found, str)
    assert found.startswith("I do not know this command. Nothing was changed or charged.")
    assert ("Did you mean" in found) == bool(near)
    assert near in found
    assert "`/bot help`" in found
    assert len(found) < 250


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("edit-image", {}),
        ("/edit-image", {}),
        ("edit-image make the sky pink", {"prompt": "make the sky pink"}),
        ("edit-image “pink” sky", {"prompt": "“pink” sky"}),
        (
            "edit-image make it: pink size:1024x1024 picture:#2",
            {"prompt": "make it: pink", "size": "1024x1024", "picture": "#2"},
        ),
        (
            "edit-image quality:HIGH compression=80 format:jpeg lift the shadows",
            {"quality": "high", "compression": 80, "format": "jpeg", "prompt": "lift the shadows"},
        ),
        (
            "edit-image a new hill mask:transparency",
            {"prompt": "a new hill", "mask_from": "transparency"},
        ),
        ("edit-image mask_from:transparency", {"mask_from": "transparency"}),
        (
            "edit-image background:transparent moderation:low cut it out",
            {"background": "transparent", "moderation": "low", "prompt": "cut it out"},
        ),
        ("edit-image make the size:huge", {"prompt": "make the size:huge"}),
        ("edit-image size", {"prompt": "size"}),
    ],
)
def test_an_edit_is_read_with_every_option(words: str, arguments: dict[str, Value]) -> None:
    assert typed(words) == ("edit-image", arguments)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("edit-image size:huge make it", "`size` must be one of"),
        ("edit-image compression:0 make it", "whole number from 1 to 100"),
        ("edit-image compression:٧ make it", "whole number from 1 to 100"),
        ("edit-image mask:here make it", "`mask_from` must be one of `transparency`"),
        ("edit-image picture: make it", "`picture` is empty"),
    ],
)
def test_an_edit_that_cannot_be_read_is_told_how_it_is_written(words: str, why: str) -> None:
    found = typed(words)
    assert isinstance(found, str)
    assert why in found
    assert "Write `/edit-image [prompt…] [picture:…] [size:…]" in found
    assert texts.NOTHING_DONE in found


# --- after a mention -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        *((name, name, {}) for name in NAMES if name not in ("ask", "quota grant")),
        ("edit-image make it pink", "edit-image", {"prompt": "make it pink"}),
        ("/edit-image pink picture:#2", "edit-image", {"prompt": "pink", "picture": "#2"}),
        ("/bot edit-image pink?", "edit-image", {"prompt": "pink?"}),
        ("Help!", "help", {}),
        (" ? ", "help", {}),
        ("-h", "help", {}),
        ("--help", "help", {}),
        ("/help me with this", "help", {}),
        ("status?", "status", {}),
        ("/new", "new", {}),
        (f"model {MINI}", "model", {"model": MINI}),
        (f"Model {MINI} for:channel", "model", {"model": MINI, "for": "channel"}),
        ("model model:anything", "model", {"model": "anything"}),
        ("model for:channel reset:yes", "model", {"for": "channel", "reset": True}),
        ("model reset", "model", {"reset": True}),
        ("persona text:You are a pirate", "persona", {"text": "You are a pirate"}),
        ("persona text: You are a pirate", "persona", {"text": "You are a pirate"}),
        ("/persona You are a pirate", "persona", {"text": "You are a pirate"}),
        ("/bot persona You are a pirate", "persona", {"text": "You are a pirate"}),
        ("settings follow:false", "settings", {"follow": False}),
        ("settings mentions never", "settings", {"mentions": "never"}),
        ("ask effort:low why?", "ask", {"effort": "low", "prompt": "why?"}),
        ("/ask why?", "ask", {"prompt": "why?"}),
    ],
)
def test_what_is_surely_a_command_is_one_after_a_mention(
    words: str, name: str, arguments: dict[str, Value]
) -> None:
    assert said(words) == (name, arguments)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "What is a monad?",
        "status of the project?",
        "new ideas for a party",
        "new, please",
        "help me with this",
        "??",
        "? why",
        "help: it is broken",
        "model airplanes are cool",
        "model airplanes",
        f"model {MINI} is good?",
        "model: what is it?",
        "model behaviour:good or bad?",
        "persona of Napoleon?",
        "persona Napoleon",
        "persona your own words",
        "ask you are what?",
        "model you are what?",
        "settings of my camera",
        "settings mentions: what is it?",
        "ask what is a monad?",
        "ask her",
        "ask effort: what is it?",
        "models",
        "/etc/passwd is what?",
        "//",
        "? what",
    ],
)
def test_whatever_can_be_a_question_is_one(words: str) -> None:
    assert said(words) is None


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("/modle", "Did you mean `model`?"),
        ("/tmp is full", "`help` shows"),
        ("/status of it", "Write after a mention `status`."),
        ("model for:galaxy", "Write after a mention `model [model…] [for:…] [reset:true]`."),
        ("settings follow:maybe please", "Write after a mention `settings"),
        ("ask", "Write after a mention `ask [model:…]"),
        ("persona You are a pirate", "Did you mean `persona text:…`?"),
        ("Persona “you’re a pirate” for:channel", "Did you mean `persona text:…`?"),
        ("ask effort:silly why?", "`effort` must be one of"),
        ("edit-image size:huge it", "Write after a mention `edit-image [prompt…]"),
        ("edit-image help", "Write after a mention `edit-image [prompt…]"),
    ],
)
def test_a_command_that_cannot_be_read_is_told_how_it_is_written(words: str, how: str) -> None:
    found = said(words)
    assert isinstance(found, str)
    assert how in found
    assert texts.NOTHING_DONE in found


# --- whatever people send ------------------------------------------------------------------

SIGNS = ['"', "“", "'", "`", ":", "=", "/", "?", "\n", "\x00", "\u202e", "\ud800"]
BITS = [
    "for",
    "reset",
    "text",
    "channel",
    MINI,
    "for:",
    'text:"',
    "text:“",
    "prompt:",
    "effort:low",
]
word = st.sampled_from([*NAMES, *SIGNS, *BITS, "x" * 50])
anything = st.one_of(
    st.text(st.characters(categories=None), max_size=80),
    st.lists(word, max_size=12).map(" ".join),
    st.lists(word, max_size=12).map("".join),
)


@given(anything)
def test_anything_is_a_command_or_a_sentence(words: str) -> None:
    known = MODELS.__contains__
    found = parse(words, TABLE, by_slash("/bot"), known, "/bot")
    heard = recognise(words, TABLE, by_mention(), known, known, "/bot")
    for each in (found, heard):
        if isinstance(each, str):
            assert each.endswith(".") and len(each) < 400
        elif each is not None:
            options = {option.name: option for option in each.command.options}
            kinds = {OptionKind.INTEGER: int, OptionKind.BOOLEAN: bool}
            for name, value in each.arguments.items():
                assert type(value) is kinds.get(options[name].kind, str)
    # What is recognised is what would be read, in the same way.
    assert not isinstance(heard, Spoken) or heard == found


plain = st.text(st.characters(categories=["L", "N", "Zs", "Po"]), min_size=1, max_size=60).map(
    lambda text: re.sub(r"\s+", " ", text).strip()
)


@given(
    plain, st.sampled_from(["thread", "channel", "server"]), st.sampled_from(['""', "“”", """''"""])
)
def test_what_is_quoted_comes_as_it_was_written(text: str, level: str, quotes: str) -> None:
    assume(text and not set(text) & set("\"'“”„‘’‚«»`"))
    quoted = f"{quotes[0]}{text}{quotes[1]}"
    for words in (
        f"persona text:{quoted} for:{level}",
        f"persona for:{level} text={quoted}",
        f"persona {quoted} for:{level}",
    ):
        assert typed(words) == ("persona", {"text": text, "for": level})


@pytest.mark.parametrize("name", ["model", "persona", "settings", "ask", "nothing", "/model"])
@pytest.mark.parametrize(
    "filling",
    [
        "x" * 40_000,
        "x " * 20_000,
        'text:"' * 6_000,
        'text:" ' * 6_000,
        "text:'a text:“b text:`c " * 1_500,
        "for:channel " * 4_000,
        " ".join(f"key{n}:value" for n in range(10_000)),
        " ".join(f"for:{n}" for n in range(10_000)),
        '"' * 40_000,
        "\x00" * 40_000,
        "\u202e\u2066" * 20_000,
        ":" * 40_000,
        "a:=" * 13_000,
        "\n" * 40_000 + "x",
        "!" * 40_000,
        "/" * 40_000,
        "é\u0301" * 20_000,
        "\ud83d" * 40_000,
    ],
    ids=range(18),
)
def test_a_flood_of_words_takes_no_time(name: str, filling: str) -> None:
    for words in (f"{name} {filling}", f"{name}{filling}", f"{filling} {name}"):
        with patience.linear(2.0):
            found, heard = typed(words), said(words)
        for each in (found, heard):
            assert not isinstance(each, str) or len(each) < 400
