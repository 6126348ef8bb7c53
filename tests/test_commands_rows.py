"""Bad arguments of commands as rows of data: each is refused in words, and changes nothing.

Ids are those of the project's table of bad input. Those of commands about limits are played by
`test_quota_rows`; X163 (forgetting) cannot be met yet.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.commands import texts
from bot.commands.arguments import Unusable, Value, read
from bot.commands.table import ROWS as COMMANDS
from bot.ports import CommandCall, Level, SettingName
from tests.commanded import ADMIN, THREAD, Chat, chat, in_channel, in_thread, with_words
from tests.stored import dump

ASK = next(row.command for row in COMMANDS if row.command.name == "ask")
MINI = "segmind:gpt-5-mini"


@dataclass(frozen=True)
class Case:
    """One way of a row: a call, words of the answer, and whether anything is stored by it."""

    call: CommandCall
    says: str
    stores: bool = False


def call(name: str, /, **words: Value) -> CommandCall:
    return with_words(name, {option.rstrip("_"): value for option, value in words.items()})


def refused(
    command: str, option: str, *values: Value, says: str = "I could not read that"
) -> Iterator[Case]:
    for value in values:
        yield Case(with_words(command, {option: value}), says)


# --- numbers: the only ones are those of /ask, which the reader of arguments judges -----------


def number(text: Value) -> str:
    """Return why a number is refused, or ""."""
    try:
        read(ASK, {"prompt": "x", "max_tokens": text})
    except Unusable as error:
        return str(error)
    return ""


NUMBERS: dict[str, tuple[Value, ...]] = {
    # Nothing would be left for an answer: a zero that blocks belongs to limits.
    "X136": ("0", 0),
    "X137": ("-0", "+5", " 7 ", " 70 ", "1_000", "0x10", "0b1", "1e3", "5.0", "70.0"),
    "X139": ("NaN", "inf", "-inf", "null", "true", True, False, "None"),
    "X140": ("9007199254740993", 9007199254740993, "128001", 128_001),
    "X142": ("9" * 5_000, 10**5_000),
    "X143": ("1,000", "1.000", "1 000", "1k", "10%", "$100"),
    "X145": ("−5", "-50", "−50", "٥٠", "５０", "50\n", "50\x00"),
}


@pytest.mark.parametrize("id", NUMBERS)
def test_a_number_is_refused_with_its_bounds_and_an_example(id: str) -> None:
    for text in NUMBERS[id]:
        expected = "`max_tokens` must be a whole number from 16 to 128000, digits only, such as"
        assert number(text).startswith(expected), text
        assert len(number(text)) < 120
    for accepted in ("16", 16, "128000", "00016"):
        assert number(accepted) == ""


# --- everything else goes through the dispatcher ----------------------------------------------


def missing_and_spare() -> Iterator[Case]:
    usage = "Write `/model [model:…] [for:…] [reset:true]`."
    for words in ({"model": ""}, {"model": " \t"}, {"for": ""}, {"reset": ""}):
        yield Case(with_words("model", words), usage)
    spare: dict[str, Value] = {f"spare{n}": "x" for n in range(30)}
    yield Case(with_words("model", {"model": MINI, **spare}), usage)
    yield Case(with_words("help", spare), "Write `/help`.")
    yield Case(with_words("new", {"{0.__class__}": "%s"}), "Write `/new`.")
    yield Case(call("model", model=MINI, reset=True), usage)


def unclosed_quotes() -> Iterator[Case]:
    for text in ('"abc', "'abc", "`abc", "“abc", 'abc"', '"', "“"):
        yield Case(call("model", model=text), "There is no such model")
        yield Case(call("persona", text=text), "Done", stores=True)


def quotes() -> Iterator[Case]:
    for text in (f"“{MINI}”", f"'{MINI}'", f"`{MINI}`", f"„{MINI}“", f"«{MINI}»", f'"{MINI}"'):
        yield Case(call("model", model=text), "Done", stores=True)
    yield Case(call("model", for_="“Thread”", model=MINI), "Done", stores=True)
    yield Case(call("persona", text="say “hi”, `hi` and 'hi'"), "Done", stores=True)


def other_places() -> Iterator[Case]:
    # There is no option that names a place or a person: what is meant is where it was used.
    for option in ("server", "channel", "thread", "workspace", "user", "guild_id", "author"):
        yield Case(with_words("model", {option: "999", "model": MINI}), "I could not read that")
    for text in ("999", "<#999>", "another", "@everyone", "../server"):
        yield from refused("model", "for", text)


def levels() -> Iterator[Case]:
    for text in ("Server", "SERVER", "server ", " Channel", "“thread”"):
        yield Case(call("model", model=MINI, for_=text), "Done", stores=True)
    for text in ("\u202eserver", "ѕerver", "servers", "serv er", "ſerver", "\u212a"):
        yield from refused("model", "for", text, says="`thread`, `channel`, `server`")


def models() -> Iterator[Case]:
    for text in (
        "gpt-4; rm -rf /",
        "../x",
        "aimlapi:../x",
        "x" * 100,
        "segmind:gpt-5-mіni",  # a Cyrillic i
        "segmind:gpt‐5‐mini",  # other hyphens
        "ｓegmind:gpt-5-mini",
        "segmind:gpt-5-mini\u200b",
        "gpt-5-mini gpt-5-mini",
        "None",
        "null",
        "0",
        "*",
        "{0.__class__}",
        "'); DROP TABLE setting;--",
    ):
        yield Case(call("model", model=text), "There is no such model")
    yield Case(call("model", model="x" * 500), "at most 100 characters")
    yield from refused("model", "model", True, 5, says="must be a text")


def twice() -> Iterator[Case]:
    for _ in range(2):
        yield Case(call("model", model=MINI), "Done", stores=True)
        yield Case(in_thread("new"), texts.STARTED_AFRESH, stores=True)


def patterns() -> Iterator[Case]:
    for text in ("{}" * 700, "%" * 1_500, "(a+)+$" * 250, "%s{0}%(x)s", "${jndi:ldap://x}"):
        yield Case(call("persona", text=text), "Done", stores=True)
        yield Case(call("persona"), text[:100])
        yield Case(call("settings"), "“")
        yield Case(call("model", model=text[:100]), "There is no such model")


ROWS: dict[str, Callable[[], Iterator[Case]]] = {
    "X146": missing_and_spare,
    "X148": unclosed_quotes,
    "X149": quotes,
    "X151": other_places,
    "X154": levels,
    "X158": models,
    "X166": twice,
    "X169": patterns,
}


@pytest.fixture
async def c(tmp_path: Path) -> AsyncIterator[Chat]:
    async with chat(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("id", ROWS)
async def test_bad_arguments_are_answered_in_words(id: str, c: Chat) -> None:
    cases = list(ROWS[id]())
    assert cases
    for case in cases:
        before = await dump(c.store)
        said = await c.run(case.call)
        assert case.says in said, (case, said)
        if not case.stores:
            assert await dump(c.store) == before, case
        if case.says != said and "I could not read" in said:
            assert texts.NOTHING_DONE in said
        for word in ("Traceback", "Error", "sqlite", "__class__'"):
            assert word not in said, (case, said)


async def test_x167_the_last_of_two_admins_wins_and_both_are_written_down(
    c: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    other = replace(ADMIN, id="223")
    calls = [
        in_channel("model", who, model=model)
        for who, model in ((ADMIN, MINI), (other, "segmind:gpt-5.4-mini"))
    ]
    await asyncio.gather(*map(c.run, calls))
    chosen = [each for each in await c.store.chosen(THREAD) if each.name is SettingName.MODEL]
    assert [(each.level, each.author) for each in chosen] == [(Level.CHANNEL, "223")]
    written = [line for line in capsys.readouterr().out.splitlines() if "setting changed" in line]
    assert [re.findall(r"22[23]", line) for line in written] == [["222"], ["223"]]
    assert all("where=channel" in line for line in written)


def test_every_row_is_here_once() -> None:
    written = re.findall(r'^    "(X\d+)":', Path(__file__).read_text(), re.MULTILINE)
    assert len(written) == len(set(written)) == len(ROWS) + len(NUMBERS)
