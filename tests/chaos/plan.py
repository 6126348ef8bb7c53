"""What a campaign of kills shall do."""

from __future__ import annotations

from dataclasses import dataclass

# Who asks for fewer cycles asks for no kill at every point.
JUDGED_FROM = 150


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign shall do. `look` off: unknown parts are not looked for (must double)."""

    cycles: int
    seed: int
    turns: int = 3
    look: bool = True
    venue: str = "discord"
    keep: bool = False

    @property
    def is_judged(self) -> bool:
        """Tell whether there are cycles enough to be asked what they came to."""
        return self.look and self.cycles >= JUDGED_FROM

    @property
    def title(self) -> str:
        """Return what a campaign is told apart by, and how it is run again."""
        looking = "on" if self.look else "OFF"
        return f"{self.venue}: seed {self.seed}, {self.cycles} kills, looking {looking}"
