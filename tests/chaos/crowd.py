"""The people of a campaign: they ask in every way there is, press, change and take back."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress

from tests.chaos.editors import OPENS, REFUSED, Editors, paint
from tests.chaos.painters import Painters
from tests.chaos.scene import Scene
from tests.chaos.venue import Venue
from tests.standins import StandIns

TURNS_PER_THREAD = 5
# Its answer ends as a file.
LONG = "write 1200 words"
QUEUED_MODEL = "segmind:gpt-5-mini"


class Crowd:
    """Do what people do; `asked` holds the messages that ask for an answer."""

    def __init__(self, standins: StandIns, venue: Venue, dice: random.Random) -> None:
        self.asked: set[str] = set()
        self.scene = Scene()
        self._standins = standins
        self._venue = venue
        self._dice = dice
        self._roots: list[str] = []
        self._turns: dict[str, int] = {}
        self._pressed: set[str] = set()
        self._editors = Editors(standins, dice)
        self.painters = Painters(standins, venue.port)
        self._picture = paint("red")

    def ask(self, places: Sequence[str]) -> None:
        """Ask one question: often in a thread that is busy already.

        `places` are those of the bot's conversations.
        """
        dice, standins, scene = self._dice, self._standins, self.scene
        text = standins.prompt(dice)
        if dice.random() < scene.long:
            text = f"{LONG} ({dice.randrange(1_000_000)})"
        threads = self._venue.open_threads(self._roots, places)
        if dice.random() < scene.edits:
            self._edit(threads)
            return
        if dice.random() < scene.commands and self._command(text, threads):
            return
        if dice.random() < scene.called_in:
            if message := self._venue.call_in(dice, text):
                self.asked.add(message)
            return
        person, files = dice.choice(standins.people), self._files()
        if self._venue.takes_direct and dice.random() < scene.direct:
            alone = standins.here.direct(person)
            begun = [
                each
                for each in places
                if each.startswith(f"{alone}/") and standins.here.is_there(each.rpartition("/")[2])
            ]
            place = dice.choice([alone, *begun[-2:]])
            self.asked.add(standins.say(person, place, text, files=files))
            return
        free = [each for each in threads if self._turns.get(each, 1) < TURNS_PER_THREAD]
        if free and dice.random() < 0.6:
            thread = dice.choice(free[-3:])
            self._turns[thread] = self._turns.get(thread, 1) + 1
            self.asked.add(standins.say(person, thread, text, files=files))
            return
        if dice.random() < scene.bare:
            text = ""  # a bare mention, which gets a hint
        message = standins.mention(person, dice.choice(standins.channels), text, files=files)
        self.asked.add(message)
        self._roots.append(message)

    def _edit(self, threads: Sequence[str]) -> None:
        """Ask for an edit of a picture; what goes on below one that is made are edits, too."""
        if (message := self._editors.ask(threads)) is not None:
            self.asked.add(message)
            if self._standins.here.thread(message).rpartition("/")[2] == message:
                self._roots.append(message)

    def meddle(self) -> None:
        """Press here, change a question there, and take one back now and then."""
        dice = self._dice
        if dice.random() < self.scene.pressing:
            self._press()
        self._editors.fill_in()
        self.painters.paint()
        if self.asked and dice.random() < self.scene.taken_back:
            self._standins.delete(dice.choice(sorted(self.asked)[-4:]))
        if self.asked and dice.random() < self.scene.changed:
            self._change(dice.choice(sorted(self.asked)[-6:]))
        self._venue.meddle(dice, self.scene)

    def _command(self, text: str, threads: Sequence[str]) -> bool:
        """Ask by command, in a channel or a thread; not before the bot has made it known."""
        dice, standins = self._dice, self._standins
        place = dice.choice(standins.channels)
        if threads and dice.random() < 0.4:
            place = dice.choice(threads[-3:])
        given = {"prompt": text}
        if dice.random() < self.scene.queued:
            given["model"] = QUEUED_MODEL
        try:
            standins.command(dice.choice(standins.people), place, "ask", given)
        except REFUSED:
            return False
        return True

    def _files(self) -> list[tuple[str, bytes]]:
        dice = self._dice
        files = []
        if dice.random() < self.scene.texts:
            files.append(("notes.txt", f"milk and honey {dice.randrange(1_000_000)}".encode()))
        if dice.random() < self.scene.pictures:
            files.append(("red.png", self._picture))
        return files

    def _press(self) -> None:
        dice, standins = self._dice, self._standins
        for message, button in standins.buttons():
            action = button.partition(":")[0]
            if button in self._pressed or dice.random() >= self.scene.presses.get(action, 0.0):
                continue
            self._pressed.add(button)
            with suppress(*REFUSED):
                pressed = standins.press(message, button)
                if action in OPENS:
                    self._editors.expect(pressed, standins.people[0])
                if action == "paint":
                    self.painters.expect(pressed)
            return

    def _change(self, message: str) -> None:
        """Change a question, if it still stands, where that is allowed."""
        if self._standins.here.is_there(message):
            with suppress(*REFUSED):
                self._standins.edit(message, self._standins.prompt(self._dice))
