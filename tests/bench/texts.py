"""Splitting a megabyte, and an answer while it grows."""

from __future__ import annotations

from bot.splitting import Splitter, split
from bot.text import clean_output, estimate_tokens, utf16_length
from tests.bench.figures import Figure, spend

MEGABYTE = 1_000_000
PROSE = "Some words make a sentence here, and a few more make it longer. "
MIXED = f"{PROSE * 12}\n\n## A heading\n\n```python\n" + "x = compute(1, 'two')\n" * 60 + "```\n\n"
WORST = {
    "prose and code": MIXED,
    "back-ticks": "`",
    "ten thousand fences": "```py\n" + "x = 1\n" * 15 + "```\n",
    "no spaces": "x",
    "wide characters": "\U0001f600",
    "one cluster": "\u0301",
    "lines": "a\n",
}


def measure(rounds: int) -> list[Figure]:
    """Measure splitting beside slicing blindly every 2,000 characters."""
    figures = []
    for name, unit in WORST.items():
        text = (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
        ours = spend(lambda text=text: split(text, 2000), rounds)  # type: ignore[misc]
        floor = spend(lambda text=text: _slice(text), rounds)  # type: ignore[misc]
        figures.append(
            Figure(
                f"split 1 MB: {name}",
                ours * 1000,
                "ms",
                floor * 1000,
                "slicing and counting",
                remark="met (< 1 s)" if ours < 1 else "MISSED (< 1 s)",
            )
        )
    answer = (MIXED * 20)[:20_000]
    growing = [answer[:end] for end in range(60, len(answer) + 1, 60)]

    def grow() -> None:
        splitter = Splitter(2000)
        for text in growing:
            splitter.feed(text)

    every = spend(grow, rounds) / len(growing) * 1e6
    once = spend(lambda: split(answer, 2000), rounds) * 1e6
    figures.append(
        Figure("split per edit of a growing answer", every, "us", once, "us for all of it at once")
    )
    cleaning = spend(lambda: clean_output(answer, final=False), rounds) * 1e6
    encoding = spend(lambda: answer.encode("utf-16-le"), rounds) * 1e6
    figures.append(
        Figure("clean 20,000 characters per edit", cleaning, "us", encoding, "us to encode them")
    )
    guess = spend(lambda: estimate_tokens(answer), rounds) * 1e6
    figures.append(
        Figure(
            "estimate the tokens of 20,000 characters", guess, "us", encoding, "us to encode them"
        )
    )
    return figures


def _slice(text: str) -> int:
    """Cut blindly and count: what any splitter has to do."""
    return sum(utf16_length(text[at : at + 2000]) for at in range(0, len(text), 2000))
