"""What models write, as rows: table 4.2 of the project's bad inputs, as far as Discord has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from adapters.playground.aimlapi import CHAT
from adapters.playground.faults import Fault
from adapters.playground.history import Entry
from bot.leaks import REMOVED
from bot.text import REDACTED
from tests.harness import Harness
from tests.input_rows import BIDI, OWN_KEY, TICKS, Case, Row, cut, mention
from tests.shown import joins_to
from tests.standins import MODEL

CONTROLS = "".join(chr(n) for n in (*range(1, 32), *range(0x7F, 0xA0)) if chr(n) not in "\t\n")
NOTHING_SAID = ("The model returned an empty answer. Nothing was charged.{*}",)
MOST_IN_MESSAGES = 20_000
EDIT_MS = 1_200
# Made up here, each of the shape that its vendor uses.
SECRETS = (
    "sk-abcdefghij0123456789KLMN",
    "sk-proj-Abc_dEf-0123456789abcdefghij",
    "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKl",
    "xapp-" + "1-A0123456789-1234567890123-abcdef",
    "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GhIjKl." + "abcdefghijklmnopqrstuvwxyz-0123456789_AB",
)


def said(pieces: Sequence[Any], sees: tuple[str, ...] | str | None, **more: Any) -> Case:
    """Return a question which the model answers so."""
    return Case(mention("Say it"), sees, "Say it", "Say it", says=pieces, **more)


# --- lengths and borders ----------------------------------------------------------------------


def lengths(h: Harness) -> Iterator[Case]:
    yield said([""], NOTHING_SAID)
    yield said([], NOTHING_SAID)
    for size in (1, 1_999, 2_000, 2_001, 3_999, 4_000, 4_001, 19_999, 20_001, 39_999, 100_000):
        for unit in ("x", "Some words, and a line.\n"):
            text = (unit * (size // len(unit) + 1))[: size - 1] + "."
            if size <= MOST_IN_MESSAGES:
                yield said(cut(text), text, check=full_but_the_last(unit))
            else:
                yield said(cut(text), None, check=begins(text))


def full_but_the_last(unit: str) -> Callable[[Sequence[str]], None]:
    def check(texts: Sequence[str]) -> None:
        least = 2_000 - len(unit) - 1
        assert all(len(text) >= least for text in texts[:-1]), [len(text) for text in texts]

    return check


def begins(text: str) -> Callable[[Sequence[str]], None]:
    """Hold messages to it: they are the beginning, and the last one brings the whole."""

    def check(texts: Sequence[str]) -> None:
        if len(text) <= MOST_IN_MESSAGES + 2_000 and "is in this file" not in texts[-1]:
            # A message that begins within the limit may go a little beyond it.
            assert joins_to(texts, text)
            return
        assert f"The whole answer ({len(text):,} characters) is in this file." in texts[-1]
        assert joins_to(texts[:-1], text, prefix=True)

    return check


def late_fences(h: Harness) -> Iterator[Case]:
    for at in (1_900, 1_990, 1_996):
        for language in ("python", ""):
            code = "".join(f"line_{n} = {n}\n" for n in range(200))
            text = f"{'x' * 900} {'y' * (at - 902)}\n{TICKS}{language}\n{code}{TICKS}"
            yield said(cut(text), text, check=whole_code(language))


def whole_code(language: str) -> Callable[[Sequence[str]], None]:
    """Hold each message to it: its fences are its own, with the language of the first."""

    def check(texts: Sequence[str]) -> None:
        assert len(texts) > 1
        for text in texts:
            fences = re.findall(rf"^{TICKS}.*$", text, re.MULTILINE)
            assert len(fences) % 2 == 0, fences
            assert set(fences[::2]) <= {f"{TICKS}{language}"}, fences
            assert set(fences[1::2]) <= {TICKS}, fences
            assert not is_empty_code(text), text

    return check


def is_empty_code(text: str) -> bool:
    return re.fullmatch(rf"{TICKS}\w*\s*(?:{TICKS})?", text.strip()) is not None


def no_empty_code(texts: Sequence[str]) -> None:
    assert not any(map(is_empty_code, texts)), texts


def fences_at_the_border(h: Harness) -> Iterator[Case]:
    head = f"{TICKS}py\n"
    for size in range(1_994, 2_006, 2):
        line = "x" * (size - len(head) - 4)
        for tail in ("", "\n\nand then some words"):
            text = f"{head}{line}\n{TICKS}{tail}"
            yield said(cut(text), text, check=no_empty_code)


# --- markup -----------------------------------------------------------------------------------

AS_TEXT = (
    "| a | b |\n|---|---|\n| 1 | 2 |",
    r"$$\int_0^1 x^2\,dx = \frac{1}{3}$$ and \(a_b\)",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "<details><summary>More</summary>\n\nwords\n</details>",
    "&lt;b&gt; &amp;amp; &#0;",
)
MARKDOWN = (
    "**bold** *it* __u__ ~~s~~ ||hidden||",
    "# Heading\n## Smaller\n-# Small",
    "[t](u) and [t](#there)",
    "***[nested **bold** words](u)***",
    "> a quote\n>>> all of it",
    "- a\n  - b\n    1. c",
)


def as_it_is(*texts: str) -> Callable[[Harness], Iterator[Case]]:
    def cases(h: Harness) -> Iterator[Case]:
        for text in texts:
            yield said(list(text), (text,))

    return cases


def pings(h: Harness) -> Iterator[Case]:
    ben, place = h.standins.people[1], h.standins.channels[0]
    roles = [role for role in h.standins.world.roles.values() if role.name == "Admin"]
    forms = f"@everyone @here <@{ben}> <@!{ben}> <@&{roles[0].id}> <#{place}> "
    for text in (forms, forms * 40, f"{TICKS}\n{forms}\n{TICKS}"):
        text = text.strip()
        yield said([text], text, silence=3.0, after=edited_without_pings)


async def edited_without_pings(h: Harness, source: str) -> None:
    edits = [one for one in edits_in(h, source) if "@everyone" in str(one.request["content"])]
    assert edits, "it was never edited"
    assert all(one.request["allowed_mentions"] == {"parse": []} for one in edits)


def edits_in(h: Harness, place: str) -> list[Entry]:
    """Return the edits of messages of a place."""
    return [
        entry
        for entry in h.standins.history.entries
        if entry.route.startswith("PATCH /channels/") and f"/channels/{place}/" in entry.path
    ]


def names_in_addresses(h: Harness) -> Iterator[Case]:
    for text in (
        "https://bank.example@evil.example",
        "https://bank.example:443@evil.example/login?x=1#y",
        "<https://bank.example%2F@evil.example>",
        "see http://bank.example@evil.example.",
        "[here](https://bank.example@evil.example)",
        "https://evil.example\\@bank.example",
    ):
        yield said(list(text), ("{*}(evil.example){*}",))
    for text in ("https://social.example/@somebody", "git clone `https://me@code.example/a.git`"):
        yield said(list(text), (text,))


# --- nothing, and signs that nobody sees ------------------------------------------------------


def nothing(h: Harness) -> Iterator[Case]:
    for text in (
        *(" ", "\n\n\n", "\t \u3000\u2028", "\u200b\u200d\u2060\ufeff", BIDI, CONTROLS),
        *("`", TICKS, f"{TICKS}\n{TICKS}", "`" * 10_000, f" {TICKS}\u200b{TICKS} "),
    ):
        yield said(cut(text), NOTHING_SAID)


def unseen(h: Harness) -> Iterator[Case]:
    for sign in BIDI:
        yield said([f"a{sign}b", sign, "c"], ("abc",))
    yield said([f"a{CONTROLS}b"], ("ab",))
    yield said(["a\x00b", "\ud83d", "c\ud83d", "\ude00d"], ("ab\ufffdc\ufffd\ufffdd",))
    long = "".join(f"{BIDI[n % 9]}word{n} " for n in range(900)).strip()
    clean = "".join(char for char in long if char not in BIDI)
    yield said(cut(long), clean)


# --- secrets ----------------------------------------------------------------------------------


def shaped_secrets(h: Harness) -> Iterator[Case]:
    for secret in SECRETS:
        for around in ("Your key is {}.", f"{TICKS}\nKEY={{}}\n{TICKS}", "{}"):
            yield said(list(around.format(secret)), (around.format(REDACTED),))
    long = "words " * 4_000 + SECRETS[0]
    yield said(cut(long), None, after=whole_without(SECRETS[0]))


def whole_without(secret: str) -> Callable[[Harness, str], Any]:
    async def after(h: Harness, source: str) -> None:
        files = [data for each in h.ours(source) for _, data in each.files]
        assert len(files) == 1
        assert secret.encode() not in files[0]
        assert REDACTED.encode() in files[0]

    return after


def own_secrets(h: Harness) -> Iterator[Case]:
    hidden = OWN_KEY[:5] + "\x00\u202e" + OWN_KEY[5:]
    for pieces in (
        [f"The key is {OWN_KEY}."],
        list(f"The key is {OWN_KEY}."),
        [f"The key is {hidden}."],
        ["The key is ", OWN_KEY[:9], OWN_KEY[9:], "."],
    ):
        yield said(pieces, (f"The key is {REMOVED}.",), after=alarmed)
    yield said(cut(OWN_KEY * 3), (REMOVED * 3,), after=alarmed)
    yield said([OWN_KEY[:9]], (OWN_KEY[:9],))


async def alarmed(h: Harness, source: str) -> None:
    """Hold the bot to it: nothing of the secret is kept, and the alarm was raised."""
    turn = h.turn(source)
    assert turn is not None
    assert OWN_KEY not in turn["answer"]
    assert h.service is not None
    exposed = h.service.surface._meter.expose().decode()
    (line,) = re.findall(r"^threadbot_secrets_withheld_total (\S+)$", exposed, re.MULTILINE)
    assert float(line) >= 1


# --- deltas -----------------------------------------------------------------------------------


def strange_deltas(h: Harness) -> Iterator[Case]:
    for strange in (None, 7, 7.5, True, [], ["x"], {"text": "x"}, {}):
        yield said(["a", {"content": strange}, "b"], ("ab",))
    yield said(["a", {}, {"other": 1}, "b"], ("ab",))
    yield said([{"content": None}, {}], NOTHING_SAID)


def many_deltas(h: Harness) -> Iterator[Case]:
    async def act(h: Harness) -> str:
        text = " a" * 10_000
        h.standins.model.tokens_per_second = 10_000.0
        fault = Fault(CHAT, "answer", options={"text": text.strip(), "silence": 0.0})
        h.standins.faults[MODEL].add(fault)
        source = h.mention("Say it")
        await h.ended(source)
        h.standins.model.tokens_per_second = 4_000.0
        return source

    async def after(h: Harness, source: str) -> None:
        at: dict[str, list[int]] = {}
        for one in edits_in(h, source):
            at.setdefault(one.path, []).append(one.at)
        for moments in at.values():
            # The last edit of a message is its whole text, which waits for nothing else.
            gaps = [later - earlier for earlier, later in pairwise(moments[:-1])]
            assert all(gap >= EDIT_MS for gap in gaps), moments
        started = int(h.standins.world.messages[source].at)
        assert sum(len(moments) for moments in at.values()) < 20
        assert max(m for moments in at.values() for m in moments) - started < 30_000

    yield Case(act, " ".join("a" * 10_000), "Say it", "Say it", after=after)


ROWS: tuple[Row, ...] = (
    Row("X058", "answers of every length around the limits", "whole; then a file", lengths),
    Row("X059", "a fence that opens just before the limit", "closed and opened again", late_fences),
    Row("X061", "a fence that closes at the limit", "no empty code", fences_at_the_border),
    Row("X064", "tables, formulas, HTML", "as text", as_it_is(*AS_TEXT)),
    Row(
        "X065",
        "headings, bold, links",
        "as Discord has them",
        as_it_is(*MARKDOWN),
        instead="Discord's own Markdown: nothing is converted.",
    ),
    Row("X067", "mentions of everybody in an edit", "nobody is pinged", pings),
    Row("X068", "addresses with a name before the host", "the host is read", names_in_addresses),
    Row("X070", "only white space, back-ticks, no width", "a notice, not charged", nothing),
    Row("X071", "controls, and what reorders text", "removed", unseen),
    Row("X073", "what has the shape of a key", "redacted, in files too", shaped_secrets),
    Row("X074", "a key of the bot's own", "removed, an alarm", own_secrets),
    Row("X076", "deltas of every type", "are empty", strange_deltas),
    Row("X077", "10,000 deltas in a second", "an edit per 1.2 s at the most", many_deltas),
)
