"""Where the next kill is aimed.

That a kill comes to every point and finds every state is owed to this, not to the dice of a seed:
what the planned cycles did not come to is aimed at again, one cycle after the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from tests.chaos.scene import Scene, set_scene
from tests.chaos.tally import Tally

# So often a point is waited for in vain before another kills a second time.
TRIES = 4
# So often what was not come to is aimed at in cycles of its own. A point that is passed in one
# life of two, where its scene is set, is missed by all of them once in 4,096 campaigns.
TRIES_MORE = 12
# A cycle of its own may wait for longer; nothing is lost but time.
PATIENCE_MORE = 2.0

# Where a kill finds a message, or a turn, in a state.
_FOUND_AT = {
    "turn admitted": "after:admit",
    "turn running": "before:request",
    "turn delivering": "after:conclude_answered",
    "part planned": "after:part_planned",
    "part sending": "before:part_sent",
    "part sent": "after:part_sent",
    "part unknown": "after:part_unknown",
    "stop sending": "done:chat.postMessage",
    "stop sent": "done:chat.startStream",
    "status sending": "after:show_status",
    "question sent": "after:start_step",
    "file sending": "done:upload",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a cycle is for: to kill at `point`, and by that to find the state `finds`, if any."""

    point: str
    finds: str = ""

    @property
    def scene(self) -> Scene:
        """Return what makes the point likely, in a life that is long enough for it."""
        scene = set_scene(self.point)
        return replace(scene, patience=scene.patience * PATIENCE_MORE)

    def __str__(self) -> str:
        return f"{self.finds} (at {self.point})" if self.finds else self.point


def choose(tally: Tally) -> str:
    """Return the point that has killed least, and was waited for in vain least."""
    kills, misses = tally.kills, tally.misses
    return min(tally.known, key=lambda name: kills[name] + misses[name] / TRIES, default="")


def list_goals(tally: Tally) -> list[Goal]:
    """Return what no kill has come to yet."""
    goals = [Goal(name) for name in tally.known if not tally.kills[name]]
    states = [name for name in tally.wanted_states if not tally.states[name]]
    return goals + [Goal(_FOUND_AT[name], finds=name) for name in states]


def choose_more(tally: Tally, tried: Counter[Goal]) -> Goal | None:
    """Return what to aim at now that the planned cycles are over; None to let it be.

    What was tried least comes first; nothing is tried more than `TRIES_MORE` times.
    """
    goals = [goal for goal in list_goals(tally) if tried[goal] < TRIES_MORE]
    return min(goals, key=lambda goal: tried[goal], default=None)
