"""Bad arguments of commands about limits as rows of data, each on both platforms.

Ids are those of the project's table of bad input. A row is given to Discord as typed options and
to Slack as words; what comes of it must be the same on both.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.commands import texts
from bot.commands.dispatcher import Dispatcher
from bot.domain import ThreadRef
from bot.ports import CommandCall, Spoken
from tests.commanded import ADMIN, THREAD, Chat, chat
from tests.stored import dump

Given = Mapping[str, str]


@dataclass(frozen=True)
class Platform:
    """Where a row is tried: ids as they are there, and how a command comes."""

    name: str
    thread: ThreadRef
    ben: str
    elsewhere: str
    bot: str
    admin: str

    def calls(self, c: Chat, name: str, given: Given) -> CommandCall | str:
        """Return the call that the platform makes of a command, or how it is used."""
        arguments: Mapping[str, str | int | bool] = given
        if self.name == "slack":
            words = " ".join([name, *(f'{key}:"{value}"' for key, value in given.items())])
            found = Dispatcher(c.desk).parse(words)
            if not isinstance(found, Spoken):
                return found
            name, arguments = found.command.name, found.arguments
        admin = replace(ADMIN, id=self.admin)
        return CommandCall(name, arguments, self.thread, admin, 600, in_thread=True)


PLATFORMS = [
    Platform("discord", THREAD, "777", "778", "779", ADMIN.id),
    Platform(
        "slack",
        ThreadRef("slack", "T1", "T1/C1", "T1/C1/1.2"),
        "T1/U7",
        "T2/U8",
        "T1/U9",
        "T1/U1",
    ),
]


@dataclass(frozen=True)
class Case:
    """One way of a row: what is given, and words of the answer. `stores`: something is changed."""

    name: str
    given: Given
    says: str
    stores: bool = False


def set_of(says: str, *, stores: bool = False, **given: str) -> Case:
    usual = {"scope": "member", "amount": "50", "metric": "requests", "per": "day"}
    return Case("quota set", {**usual, **given}, says, stores)


def amounts(*values: str) -> Iterator[Case]:
    """Refuse values as numbers and as money, in `set` and in `grant`."""
    for value in values:
        yield set_of("`amount` must be a whole number from 0 to", amount=value)
        yield set_of("`amount` must be dollars in plain digits", amount=value, metric="money")
        given = {"scope": "member", "metric": "tokens", "amount": value}
        yield Case("quota grant", given, "`amount` must be a whole number")


def zero(p: Platform) -> Iterator[Case]:
    for metric, value in (("requests", "0"), ("images", "0"), ("money", "$0"), ("money", "0 USD")):
        says = "0 means none: whoever is meant can use nothing"
        yield set_of(says, metric=metric, amount=value, stores=True)


def large(p: Platform) -> Iterator[Case]:
    yield from amounts("9007199254740993", "1000000000001")
    yield set_of("`amount` must be dollars", metric="money", amount="$1000001")
    yield set_of("1,000,000,000,000 tokens", metric="tokens", amount=str(10**12), stores=True)


def endless(p: Platform) -> Iterator[Case]:
    yield set_of("`amount` may have at most 40 characters", amount="9" * 5_000)
    yield Case("quota grant", {"scope": "member", "amount": "9" * 5_000}, "at most 40 characters")


def absent(p: Platform) -> Iterator[Case]:
    yield set_of("is empty", amount="")
    yield Case("quota set", {"scope": "member", "amount": "5"}, "`per` is missing")
    yield Case("quota set", {"scope": "member", "per": "day"}, "`amount` is missing")
    yield Case("quota set", {"amount": "5", "per": "day", "metric": "images"}, "say for whom")
    yield Case("quota set", {"amount": "5", "per": "day", "scope": "server"}, "`metric` is missing")
    yield Case("quota reset", {}, "say for whom or where")
    yield Case("quota block", {}, "say whom: `user` or `role`")
    yield set_of("name one of `user`, `role`, `channel`", user=p.ben)


def quotes(p: Platform) -> Iterator[Case]:
    for value in ("“member”", "'member'", "`member`"):
        yield set_of("Done", scope=value, stores=True)


def unclosed(p: Platform) -> Iterator[Case]:
    for value in ("'abc", "“abc", "`abc"):
        yield set_of("`scope` must be one of", scope=value)
        yield set_of("`amount` must be a whole number", amount=value)


def foreign(p: Platform) -> Iterator[Case]:
    """Whoever asks learns nothing by it: the words are those for an id that never was."""
    for user in (p.elsewhere, p.bot, "0", "123456789012345678", "T9/U9", "deleted"):
        yield set_of("there is no such person here", scope="", user=user)
        for name in ("quota grant", "quota block", "quota exempt", "quota reset", "quota show"):
            given = {"user": user} | ({"amount": "$5"} if name == "quota grant" else {})
            yield Case(name, given, "there is no such person here")
    for user in ("-1", "everyone; DROP", "@everyone", "../U1", "<@>", "x" * 500, "<#777>", "٧٧٧"):
        yield set_of("`user` must be named as `@name`", scope="", user=user)
    yield set_of("there is no such channel here", scope="", channel="4040")
    yield set_of("there is no such role or group here", scope="", role="4040")


def scopes(p: Platform) -> Iterator[Case]:
    for value in ("Server", "SERVER", "server ", " Member "):
        yield set_of("Done", scope=value, stores=True)
    for value in ("servers", "ѕerver", "serv er", "\u202eserver", "guild", "0"):
        yield set_of("`scope` must be one of `member`, ", scope=value)


def windows(p: Platform) -> Iterator[Case]:
    for value in ("day", "Day ", "DAY", "ever", "minute"):
        yield set_of("Done", per=value, stores=True)
    for value in ("daily ", "forever", "13th month", "-1d", "0d", "99999d", "1", "days", "dаy"):
        says = "`per` must be one of `minute`, `hour`, `day`, `week`, `month`, `ever`"
        yield set_of(says, per=value)
        yield Case("quota report", {"period": value}, "`period` must be one of `day`, `yesterday`")


def ends(p: Platform) -> Iterator[Case]:
    def grant(until: str, says: str, *, stores: bool = False) -> Case:
        given = {"scope": "member", "metric": "requests", "amount": "5", "until": until}
        return Case("quota grant", given, says, stores)

    for value in ("1d", "2 weeks", "366 days", "never", "1970-01-02", "1970-12-31", "3H"):
        yield grant(value, "Done", stores=True)
    for value in (
        *("2027-02-29", "0000-00-00", "9999-12-31", "1969", "yesterday", "1969-12-31", "0d"),
        *("-1d", "999d", "99999d", "1e3d", "1.5d", "٣d", "1d1d", "soon", "2027-13-01", "NaN"),
    ):
        yield grant(value, "`until` must be a time such as `3d`")


def models(p: Platform) -> Iterator[Case]:
    for value in ("gpt-4; rm -rf /", "../x", "segmind:gpt-5-mіni", "*", "{0.__class__}"):
        yield set_of("`model` must be a model that is to be had here", model=value)
    yield set_of("`model` is empty", model="")
    yield set_of("at most 100 characters", model="x" * 500)


def patterns(p: Platform) -> Iterator[Case]:
    for value in ("{}" * 15, "%s%n%x", "(a+)+$", "${jndi:ldap://x}"):
        yield set_of("I could not read that", amount=value)
        yield set_of("I could not read that", scope="", user=value)


ROWS = {
    "X136": zero,
    "X137": lambda p: amounts("-0", "+5", "1_000", "0x10", "0b1", "1e3", "5.0", "٥٠", "５０"),
    "X139": lambda p: amounts("NaN", "inf", "-inf", "null", "true"),
    "X140": large,
    "X142": endless,
    "X143": lambda p: amounts(
        "1,000", "1.000", "1 000", "1k", "10%", "$1,000", "$ 5", "5 EUR", "€5"
    ),
    "X145": lambda p: amounts("−5", "-5", "–5"),
    "X146": absent,
    "X148": unclosed,
    "X149": quotes,
    "X151": foreign,
    "X152": foreign,
    "X154": scopes,
    "X155": windows,
    "X157": ends,
    "X158": models,
    "X169": patterns,
}


@pytest.fixture
async def c(tmp_path: Path) -> AsyncIterator[Chat]:
    async with chat(tmp_path) as opened:
        opened.known = {("guild", "777"): "Ben", ("T1", "T1/U7"): "Ben", ("T2", "T2/U8"): "Eve"}
        yield opened


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda each: each.name)
@pytest.mark.parametrize("id", ROWS)
async def test_bad_arguments_are_answered_in_words(id: str, platform: Platform, c: Chat) -> None:
    cases = list(ROWS[id](platform))
    assert cases
    for case in cases:
        given = {name: value for name, value in case.given.items() if name != "scope" or value}
        before = await dump(c.store)
        call = platform.calls(c, case.name, given)
        said = call if isinstance(call, str) else await c.run(call)
        assert case.says in said, (case, said)
        if not case.stores:
            assert await dump(c.store) == before, case
            assert texts.NOTHING_DONE in said
        for word in ("Traceback", "ValueError", "sqlite", "invalid literal", "Eve"):
            assert word not in said, (case, said)


def test_every_row_is_here_once() -> None:
    written = re.findall(r'^    "(X\d+)":', Path(__file__).read_text(), re.MULTILINE)
    assert len(written) == len(set(written)) == len(ROWS)
