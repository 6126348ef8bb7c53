"""The people of a campaign who have pictures edited: by words, by command, by buttons, by forms."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from contextlib import suppress

from PIL import Image

from adapters.playground.discord.problems import Problem as DiscordProblem
from adapters.playground.slack import Problem as SlackProblem
from tests.standins import StandIns

# What a platform refuses to people: it may be gone by now, or is not allowed there.
REFUSED = (DiscordProblem, SlackProblem)
# What opens a form, at least sometimes.
OPENS = frozenset({"bad", "adjust", "undo"})
COLOURS = ("red", "green", "blue", "orange")
WISHES = ("make it pink", "brighter", "in grey", "mirror it", "blur it", "a nude")
# A form that is not opened by then never is: the bot died over it.
FORMS_KEPT = 4


class Editors:
    """Ask for edits of pictures, and fill in what is opened for that."""

    def __init__(self, standins: StandIns, dice: random.Random) -> None:
        self._standins = standins
        self._dice = dice
        self._pictures = [paint(colour) for colour in COLOURS]
        self._forms: list[tuple[str, str]] = []

    def ask(self, threads: Sequence[str]) -> str | None:
        """Ask for an edit by mention; return the message. In a thread it may be of what is there.

        None where it was asked by command, which is no message, or not at all.
        """
        dice, standins = self._dice, self._standins
        person, channel = dice.choice(standins.people), dice.choice(standins.channels)
        words = self._wish()
        if dice.random() < 0.25:
            self._command(person, channel, words)
            return None
        if threads and dice.random() < 0.5:
            files = self._files() if dice.random() < 0.4 else []
            named = "" if files or dice.random() < 0.7 else " like #1"
            return standins.say(
                person, dice.choice(threads[-3:]), f"edit: {words}{named}", files=files
            )
        return standins.mention(person, channel, f"edit: {words}", files=self._files())

    def _command(self, person: str, channel: str, words: str) -> None:
        """Discord's command carries the picture; Slack's opens a form for it."""
        given: dict[str, object] = {"prompt": words}
        if self._standins.here is self._standins.folk.get("discord"):
            given["image"] = self._files()[0]
        with suppress(*REFUSED):
            self.expect(self._standins.command(person, channel, "edit-image", given), person)

    def expect(self, used: str, person: str) -> None:
        """Wait for the form that somebody's press or command opens."""
        self._forms = [*self._forms[1 - FORMS_KEPT :], (used, person)]

    def fill_in(self) -> None:
        """Send the forms that were opened."""
        for used, person in list(self._forms):
            fields = self._standins.here.form(used)
            if not fields:
                continue
            self._forms.remove((used, person))
            given: dict[str, object] = {}
            if "prompt" in fields:
                given["prompt"] = self._wish()
                if "image" in fields and "picture" not in fields:
                    given["image"] = self._files()
            elif "version" not in fields:
                given = dict.fromkeys(fields, "too short")
            with suppress(*REFUSED):
                self._standins.here.submit(used, person, given)

    def _wish(self) -> str:
        return f"{self._dice.choice(WISHES)} ({self._dice.randrange(1_000_000)})"

    def _files(self) -> list[tuple[str, bytes]]:
        return [("picture.png", self._dice.choice(self._pictures))]


def paint(colour: str) -> bytes:
    """Return a picture of one colour, as PNG."""
    file = io.BytesIO()
    Image.new("RGB", (120, 90), colour).save(file, "PNG")
    return file.getvalue()
