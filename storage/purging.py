"""What is kept for a time only. The ledger, and the turns it hangs on, stay without words.

The audit log stays as long as the bot is in its workspace.
"""

from __future__ import annotations

from storage.engine import Operation
from storage.statements import load

SQL = load("purging")
FILES = load("files")
PICTURES = load("pictures")
DRAFTS = load("drafts")
WORKSPACES = load("workspaces")
COUNTERS = load("counters")
QUOTAS = load("quotas")

DAY_MS = 24 * 60 * 60 * 1000
UNSHOWN_MS = DAY_MS
LEFT_MS = 30 * DAY_MS
# Longer than the clock may jump back: what is over by then is asked for no more.
COUNTER_MS = 7 * DAY_MS
# SPEND_CAP and reports look at what this month was billed.
ATTEMPT_MS = 92 * DAY_MS
ATTEMPTS_AT_ONCE = 500
# What is told of a message, and what is read after an absence, which may take hours, is no older:
# whatever was deleted before that is asked by nobody any more.
READING_MS = DAY_MS
# Everybody else's changes wait for a purge's: about 30 ms of work at a time.
CONVERSATIONS_AT_ONCE = 50


def purge_old(now: int) -> Operation[dict[str, int]]:
    """Remove what is over its time everywhere, and return how many rows went, by kind."""
    answers = yield SQL.purge_answers, {"before": now - UNSHOWN_MS}
    for row in answers:
        yield (
            SQL.purge_unshown,
            {
                "platform": row["platform"],
                "workspace": row["workspace"],
                "channel": row["channel"],
                "thread": row["thread"],
                "position": row["position"],
            },
        )
    told = yield SQL.purge_told, {"before": now - DAY_MS}
    yield SQL.purge_deletions, {"before": now - READING_MS}
    drafts = yield DRAFTS.purge_drafts, {"before": now - DAY_MS}
    yield DRAFTS.purge_awaited, {"before": now - DAY_MS}
    yield DRAFTS.purge_edits, {"before": now - DAY_MS}
    counters = yield COUNTERS.purge_counters, {"before": now - COUNTER_MS}
    yield QUOTAS.purge_extras, {"before": now - COUNTER_MS}
    return {
        "answers": len(answers),
        "told": len(told),
        "drafts": len(drafts),
        "counters": len(counters),
    }


def purge_attempts(now: int) -> Operation[int]:
    """Remove some of the attempts that nothing is reckoned by any more, and return how many."""
    before = {"before": now - ATTEMPT_MS, "most": ATTEMPTS_AT_ONCE}
    return len((yield COUNTERS.purge_attempts, before))


def purge_left(now: int) -> Operation[dict[str, int] | None]:
    """Remove some of what a workspace left behind, or return None if there is no such thing.

    Each is one transaction, so that nothing waits long for a large one.
    """
    left = yield SQL.find_left, {"before": now - LEFT_MS}
    if not left:
        return None
    tenant = {"platform": left[0]["platform"], "workspace": left[0]["workspace"]}
    found = yield SQL.list_conversations, {**tenant, "most": CONVERSATIONS_AT_ONCE}
    messages = 0
    for conversation in found:
        key = {**tenant, "channel": conversation["channel"], "thread": conversation["thread"]}
        turns = yield SQL.list_turns, key
        for turn in turns:
            yield from _erase_turn(turn["turn"])
        yield FILES.remove_all, key
        yield PICTURES.remove_pictures, key
        messages += len((yield SQL.remove_messages, key))
        yield SQL.remove_conversation, key
    if found:
        return {"conversations": len(found), "messages": messages}
    wordless = yield SQL.list_wordless, tenant
    for turn in wordless:
        yield from _erase_turn(turn["turn"])
    yield DRAFTS.remove_drafts, tenant
    yield SQL.remove_settings, tenant
    yield QUOTAS.remove_quotas, tenant
    yield QUOTAS.remove_standings, tenant
    yield QUOTAS.remove_extras, tenant
    yield QUOTAS.remove_changes, tenant
    yield QUOTAS.remove_counters, tenant
    yield SQL.remove_watermarks, tenant
    yield WORKSPACES.join_again, tenant
    return {"workspaces": 1}


def _erase_turn(turn: str) -> Operation[None]:
    this = {"turn": turn}
    yield SQL.remove_feedback, this
    yield SQL.remove_interaction, this
    yield SQL.remove_parts, this
    yield SQL.remove_memos, this
    yield PICTURES.remove_mask, this
    yield SQL.erase_turn, this
