"""What holds for one question: of what was set at several levels, the narrowest. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Model
from bot.ports import Chosen, SettingName

# From little thinking to much, in the words that providers use.
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")


def held(chosen: Sequence[Chosen], name: SettingName) -> str:
    """Return the value of a setting, the narrowest level first, or ""."""
    return next((each.value for each in chosen if each.name is name and each.value), "")


def fit_effort(model: Model, wanted: str) -> str | None:
    """Return the effort that comes nearest to what is wanted, or None where there is none.

    Of two that are as near, the smaller, which is the cheaper.
    """
    if not wanted or not model.efforts:
        return None
    if wanted in model.efforts:
        return wanted
    known = [effort for effort in model.efforts if effort in EFFORTS]
    if wanted not in EFFORTS or not known:
        return None
    at = EFFORTS.index(wanted)
    return min(known, key=lambda effort: (abs(EFFORTS.index(effort) - at), EFFORTS.index(effort)))
