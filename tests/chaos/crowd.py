"""The people of a campaign: they ask in every way there is, press, change and take back."""

from __future__ import annotations

import io
import random
from contextlib import suppress

from PIL import Image

from tests.chaos.scene import Scene
from tests.standins import Problem, StandIns

TURNS_PER_THREAD = 5
QUEUED_MODEL = "segmind:gpt-5-mini"


class Crowd:
    """Do what people do; `asked` holds the messages that ask for an answer."""

    def __init__(self, standins: StandIns, dice: random.Random) -> None:
        self.asked: set[str] = set()
        self.scene = Scene()
        self._standins = standins
        self._dice = dice
        self._threads: dict[str, int] = {}
        self._pressed: set[str] = set()
        self._forms: list[str] = []
        self._picture = _paint()

    def ask(self) -> None:
        """Ask one question: often in a thread that is busy already."""
        dice, standins = self._dice, self._standins
        text = standins.prompt(dice)
        if dice.random() < self.scene.commands and self._command(text):
            return
        if dice.random() < self.scene.called_in:
            self._call_in(text)
            return
        person, files = dice.choice(standins.people), self._files()
        open_threads = [
            thread
            for thread, turns in self._threads.items()
            if turns < TURNS_PER_THREAD and thread in standins.world.channels
        ]
        if open_threads and dice.random() < 0.6:
            thread = dice.choice(open_threads[-3:])
            self._threads[thread] += 1
            self.asked.add(standins.say(person, thread, text, files=files))
            return
        if dice.random() < self.scene.bare:
            text = ""  # a bare mention, which gets a hint
        message = standins.mention(person, dice.choice(standins.channels), text, files=files)
        self.asked.add(message)
        self._threads[message] = 1

    def meddle(self) -> None:
        """Press here, change a question there, and take one back now and then."""
        dice = self._dice
        if dice.random() < self.scene.pressing:
            self._press()
        self._fill_in()
        if self.asked and dice.random() < self.scene.taken_back:
            self._standins.delete(dice.choice(sorted(self.asked)[-4:]))
        if self.asked and dice.random() < self.scene.changed:
            self._change(dice.choice(sorted(self.asked)[-6:]))

    def _command(self, text: str) -> bool:
        """Ask by command, in a channel or a thread; not before the bot has made it known."""
        dice, standins = self._dice, self._standins
        place = dice.choice(standins.channels)
        if self._threads and dice.random() < 0.4:
            place = dice.choice([*self._threads][-3:])
        if place not in standins.world.channels:
            return False
        given = {"prompt": text}
        if dice.random() < self.scene.queued:
            given["model"] = QUEUED_MODEL
        try:
            standins.command(dice.choice(standins.people), place, "ask", given)
        except Problem:
            return False
        return True

    def _call_in(self, text: str) -> None:
        """Mention the bot in a thread that people have among themselves."""
        dice, standins = self._dice, self._standins
        channel, people = dice.choice(standins.channels), standins.discord.people
        start = standins.say(standins.people[0], channel, "Shall we talk about it?")
        thread = people.start_thread(standins.people[0], channel, "Among us", start)
        standins.say(standins.people[1], thread, f"I think so ({dice.randrange(1_000_000)})")
        self.asked.add(standins.mention(standins.people[0], thread, text))

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
        for message, custom_id in standins.buttons():
            action = custom_id.partition(":")[0]
            if custom_id in self._pressed or dice.random() >= self.scene.presses.get(action, 0.0):
                continue
            self._pressed.add(custom_id)
            with suppress(Problem):  # it may be gone by now
                pressed = standins.press(message, custom_id)
                if action == "bad":
                    self._forms.append(pressed)
            return

    def _fill_in(self) -> None:
        """Submit the forms that were opened."""
        people = self._standins.discord.people
        for pressed in self._forms[-3:]:
            form = people.interaction(pressed)["modal"]
            if form is not None:
                self._forms.remove(pressed)
                self._standins.submit(pressed, self._standins.people[0], "too short")

    def _change(self, message: str) -> None:
        """Change a question, if it still stands, where that is allowed."""
        if message in self._standins.world.messages:
            with suppress(Problem):  # its thread may be closed
                self._standins.edit(message, self._standins.prompt(self._dice))


def _paint() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (120, 90), "red").save(file, "PNG")
    return file.getvalue()
