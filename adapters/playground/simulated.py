"""What the simulated model says: always marked, about what it was sent, and the same again.

It can be asked in plain words for long, code and table answers and for every kind of
failure; "help" lists them all.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any

from adapters.playground.hearing import Words, read

MARK = "**SIMULATED** · "
LONG_WORDS = 1500
WORDS_MAX = 20_000
QUOTE_CHARS = 300
# By so much of its end an answer is known again.
QUOTED_CHARS = 40
TOKENS_PER_PICTURE = 765
# How many earlier messages are too many for the kind "crowded".
CROWD = 4
WILD_USAGE = {"prompt_tokens": -7, "completion_tokens": 1e18, "total_tokens": "many"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as the model was sent it; `sights` says what is seen in its pictures."""

    role: str
    text: str
    images: int = 0
    files: int = 0
    sights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to answer, and what goes wrong: `kind` names one of `KINDS` or is empty.

    `silence` is in seconds before the first token, `slowness` divides the speed. `reasoning`
    tokens were spent before it; `usage` is what is reported instead of the truth.
    """

    text: str
    kind: str = ""
    finish: str = "stop"
    refusal: bool = False
    silence: float = 0.0
    slowness: float = 1.0
    reasoning: int = 0
    usage: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of failure: how it is asked for, and what then happens."""

    words: str
    title: str
    happens: str


# Asked for as "simulate <words>"; the key is what fault scripts and the page use.
KINDS = {
    "busy": Kind("busy", "Busy", "429: too many requests"),
    "refused": Kind("refused", "Refused", "400: against the content policy"),
    "cut": Kind("cut", "Cut off", "the connection breaks in mid-answer"),
    "empty": Kind("empty", "Empty", "an answer without text"),
    "misconfigured": Kind("misconfigured", "Misconfigured", "401: the key is not accepted"),
    "funds": Kind("no funds", "Out of funds", "403: no credit is left"),
    "length": Kind("length", "Too long", "the answer stops at the length limit"),
    "slow": Kind("slow", "Slow", "ten seconds of silence, then few words a second"),
    "decline": Kind("decline", "Declines", "the model itself says no"),
    "filter": Kind("filter", "Filtered", "a filter stops the answer half way"),
    "error": Kind("error", "Error in mid-answer", "an error comes inside the stream"),
    "overloaded": Kind("overloaded", "Overloaded", "503: the service is not available"),
    "broken": Kind("broken", "Internal error", "500: an internal error"),
    "page": Kind("page", "Not JSON", "an HTML page instead of an answer"),
    "gone": Kind("gone", "No such model", "404: the model was retired"),
    "full": Kind("full", "Conversation too long", "400: over the context length"),
    "silent": Kind("silent", "Silent", "nothing comes, for two minutes"),
    "picture": Kind("bad picture", "Old picture", "400: an earlier picture is not taken any more"),
    "crowded": Kind(
        "crowded", "Small window", f"400: over the context length, after {CROWD} messages"
    ),
    "spent": Kind("spent", "Only reasoning", "all of the length limit goes into reasoning"),
    "blank": Kind("blank", "Only white space", "an answer of spaces and empty lines"),
    "wild": Kind("wild usage", "Wild usage", "usage is reported that nobody can believe"),
}

_ASKED_FOR = re.compile(
    r"\bsimulate[ds]?\b[\s:\"'`*]*("
    + "|".join(sorted((re.escape(kind.words) for kind in KINDS.values()), key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)
_BY_WORDS = {kind.words: name for name, kind in KINDS.items()}
_WORDS = re.compile(r"\b([0-9]{1,6}) words\b", re.IGNORECASE)
_CONTINUE = re.compile(r"continue exactly where you stopped", re.IGNORECASE)


def answer(heard: Sequence[Heard]) -> Plan:
    """Return the plan for the last thing a person said."""
    people = [i for i, message in enumerate(heard) if message.role == "user"]
    if not people:
        return Plan(f"{MARK}I was sent no question.")
    last = people[-1]
    if _CONTINUE.search(heard[last].text) and len(people) > 1:
        return _go_on(heard, people)
    return _answer_to(heard, last)


def as_kind(kind: str, plan: Plan) -> Plan:
    """Return the plan, going wrong in the way of `kind`."""
    match kind:
        case "empty":
            return replace(plan, kind=kind, text="")
        case "length":
            return replace(plan, kind=kind, text=_prose(plan.text, 150), finish="length")
        case "slow":
            return replace(plan, kind=kind, text=_prose(plan.text, 60), silence=10.0, slowness=8)
        case "silent":
            return replace(plan, kind=kind, silence=120.0)
        case "decline":
            text = f"{MARK}I'm sorry, but I can't help with that."
            return replace(plan, kind=kind, text=text, refusal=True)
        case "filter":
            return replace(plan, kind=kind, text=_prose(plan.text, 60), finish="content_filter")
        case "cut" | "error":
            return replace(plan, kind=kind, text=_prose(plan.text, 120))
        case "spent":
            return replace(plan, kind=kind, text="", finish="length", reasoning=4000)
        case "blank":
            return replace(plan, kind=kind, text=" \n\n \n")
        case "wild":
            return replace(plan, kind=kind, usage=WILD_USAGE)
        case _:
            return replace(plan, kind=kind)


def is_met(kind: str, heard: Sequence[Heard]) -> bool:
    """Tell whether a refusal that depends on what was said before applies to this."""
    earlier = heard[: max((i for i, m in enumerate(heard) if m.role == "user"), default=0)]
    match kind:
        case "picture":
            return any(message.images for message in earlier)
        case "crowded":
            return sum(m.role in ("user", "assistant") for m in earlier) > CROWD
        case _:
            return True


def _answer_to(heard: Sequence[Heard], index: int) -> Plan:
    words = read(heard[index].text)
    question = words.question
    asked = question.casefold()
    if found := _ASKED_FOR.search(question):
        return as_kind(_BY_WORDS[found[1].casefold()], Plan(_about(heard, index, words)))
    if asked.strip(" \t\n?!.*`\"'/") in ("help", "what can you do", "simulate"):
        return Plan(help_text())
    if count := _WORDS.search(question):
        return Plan(_prose(question, min(int(count[1]), WORDS_MAX)))
    if re.search(r"\blong (answer|text|story|reply)\b", asked):
        return Plan(_prose(question, LONG_WORDS))
    parts = [_about(heard, index, words)]
    if re.search(r"\bcode\b", asked):
        parts.append(_code(question))
    if re.search(r"\btable\b", asked):
        parts.append(_table(heard))
    return Plan("\n\n".join(parts))


def _go_on(heard: Sequence[Heard], people: list[int]) -> Plan:
    """Go on with the answer that is quoted, or else the last one: not with one that went on."""
    asked = [i for i in people if not _CONTINUE.search(heard[i].text)]
    if not asked:
        return _answer_to(heard, people[-1])
    quote = " ".join(read(heard[people[-1]].text).quote.split())
    answers = {
        i: [m.text.removeprefix(MARK) for m in heard[i:end] if m.role == "assistant"]
        for i, end in pairwise([*asked, len(heard)])
    }
    meant = [i for i, said in answers.items() if quote and quote[-QUOTED_CHARS:] in _flat(said)]
    at = (meant or asked)[-1]
    whole, said = _answer_to(heard, at).text, answers[at]
    rest, shown = whole.removeprefix(MARK), "".join(said)
    pairs = zip(rest, shown, strict=False)
    rest = rest[next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(rest), len(shown))) :]
    return Plan(f"{MARK}{rest.lstrip() or 'that was already the end.'}")


def _flat(texts: Sequence[str]) -> str:
    return " ".join(" ".join(texts).split())


def _about(heard: Sequence[Heard], index: int, words: Words) -> str:
    """Quote the question and say what came with it and before it."""
    named = _are_named(heard[: index + 1])
    question = words.question if named or not words.name else f"{words.name}: {words.question}"
    quote = " ".join(question.split())
    if len(quote) > QUOTE_CHARS:
        quote = quote[: QUOTE_CHARS - 1] + "…"
    asker = f"{words.name} asked" if named else "you asked"
    earlier = _earlier(heard[:index], named)
    lines = [f"{MARK}{asker}:", f"> {quote or '(nothing)'}", "", earlier]
    if words.quote:
        lines.append(f"It is about what was said before, “{words.quote[:QUOTE_CHARS]}”.")
    message = heard[index]
    if files := message.files + len(words.files):
        lines.append(
            f"With it came {_count(message.images, 'picture')} and {_count(files, 'file')}."
        )
    elif message.images:
        lines.append(f"With it came {_count(message.images, 'picture')}.")
    lines += [f"- picture {n}: {sight}" for n, sight in enumerate(message.sights, 1)]
    lines += [f"- file `{file}`: {_first_words(content)}" for file, content in words.files]
    lines += [f"- `{name}` was not shown to me" for name in words.unseen]
    lines.append(
        "I am the playground's stand-in for a chat model: no provider was called and nothing"
        " was paid. Write `What can you do?` to see what I can be asked for."
    )
    return "\n".join(lines)


def _are_named(heard: Sequence[Heard]) -> bool:
    """Tell whether people's names stand before what they say.

    They stand before all of it or none: else what a message begins with is no name, as in
    "edit: make the sky pink".
    """
    return all(read(message.text).name for message in heard if message.role == "user")


def _earlier(before: Sequence[Heard], named: bool) -> str:
    by: dict[str, int] = {}
    for message in before:
        if message.role == "user":
            who = read(message.text).name if named else "you"
            by[who] = by.get(who, 0) + 1
        elif message.role == "assistant":
            by["me"] = by.get("me", 0) + 1
    told = any(message.role in ("system", "developer") for message in before)
    instructions = " I was also given instructions." if told else ""
    if pictures := sum(message.images for message in before):
        instructions += f" I still see {_count(pictures, 'earlier picture')}."
    if not by:
        return f"I saw no earlier messages in this thread.{instructions}"
    who = ", ".join(f"{count} by {name}" for name, count in by.items())
    return f"I saw {_count(sum(by.values()), 'earlier message')}: {who}.{instructions}"


def _first_words(content: str) -> str:
    """Say how long a text is and how it begins."""
    words = " ".join(content.split())
    begins = f"{words[:60]}…" if len(words) > 60 else words
    lines = content.count("\n") + 1
    return f"{_count(len(content), 'character')} in {_count(lines, 'line')}, “{begins}”"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def help_text() -> str:
    """List what can be asked for."""
    kinds = "\n".join(f"- `simulate {kind.words}`: {kind.happens}" for kind in KINDS.values())
    return (
        f"{MARK}I stand in for a chat model and answer about what I was sent. Ask me for\n"
        "- `write 5000 words` (any number) or `a long answer`\n"
        "- `code` or `a table`\n"
        "- what I see in a picture, or read in a file, that you attach\n\n"
        f"and for things that go wrong:\n{kinds}"
    )


_SUBJECTS = (
    "The thread", "A patient reader", "The stand-in", "Every message", "The old clock",
    "A small test", "The channel", "Some quiet code", "The last word", "A careful bot",
)  # fmt: skip
_VERBS = (
    "remembers", "follows", "explains", "counts", "carries", "finds", "keeps", "shows", "opens",
    "answers",
)  # fmt: skip
_OBJECTS = (
    "what was asked before", "the order of things", "a longer story", "each part in turn",
    "the rest of the page", "nothing that was not said", "one idea at a time",
    "the way back to the question", "more than it seems", "a plain example",
)  # fmt: skip


def _prose(about: str, words: int) -> str:
    """Return exactly `words` words in numbered paragraphs, so that a lost one is seen."""
    random = Random(zlib.crc32(about.encode("utf-8", "replace")))
    paragraphs: list[str] = []
    left = max(1, words)
    while left > 0:
        body: list[str] = [f"{len(paragraphs) + 1}."]
        while len(body) < min(left, 60):
            parts = (random.choice(_SUBJECTS), random.choice(_VERBS), random.choice(_OBJECTS))
            body += f"{' '.join(parts)}.".split()
        body = body[:left]
        left -= len(body)
        paragraphs.append(" ".join(body))
    return MARK + "\n\n".join(paragraphs)


def _code(question: str) -> str:
    lines = ["```python", '"""A simulated example."""', "", ""]
    for n in range(1, 4):
        lines += [
            f"def step_{n}(text: str) -> str:",
            f'    """Do step {n} of 3."""',
            f"    return text[{n}:] + text[:{n}]",
            "",
            "",
        ]
    lines += [f"print(step_3(step_2(step_1({question[:60]!r}))))", "```"]
    return "\n".join(lines)


def _table(heard: Sequence[Heard]) -> str:
    rows = ["| # | Role | Characters |", "|---|---|---|"]
    rows += [f"| {n} | {m.role} | {len(m.text)} |" for n, m in enumerate(heard[-10:], 1)]
    return "\n".join(rows)


def pieces(text: str) -> list[str]:
    """Cut text into what counts as its tokens; joined they are the text."""
    return re.findall(r"\s?\S{1,4}|\s", text)


def count_tokens(text: str) -> int:
    """Estimate a prompt's tokens, cheaply."""
    return len(text) // 4 + 1
