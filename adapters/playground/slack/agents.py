"""assistant.threads.* and agents.sessions.*: what a thread shows while the app works.

https://docs.slack.dev/reference/methods/assistant.threads.setStatus
https://docs.slack.dev/ai/agent-sessions
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import limits
from adapters.playground.slack.calls import Call, Method
from adapters.playground.slack.problems import Problem, invalid_arguments
from adapters.playground.slack.records import IM, Session
from adapters.playground.slack.streams import SESSION_STATES

Json = dict[str, Any]


def methods() -> dict[str, Method]:
    """Return the methods by name."""
    any_of = ("chat:write", "assistant:write")
    return {
        "assistant.threads.setStatus": Method(set_line, any_of),
        "assistant.threads.setTitle": Method(set_title, ("assistant:write",)),
        "assistant.threads.setSuggestedPrompts": Method(set_prompts, ("assistant:write",)),
        "agents.sessions.setStatus": Method(set_status, ("chat:write",)),
        "agents.sessions.rename": Method(rename, ("chat:write",)),
    }


def _thread(call: Call, *, direct: bool = False) -> Session:
    channel = call.channel("channel_id")
    if direct and channel.kind != IM:
        raise Problem("channel_type_not_supported")
    call.need_member(channel)
    ts = call.ts("thread_ts")
    if call.world.message(channel.team, channel.id, ts) is None:
        raise Problem("invalid_thread_ts")
    return call.world.session(channel.team, channel.id, ts)


def set_line(call: Call) -> Json:
    """Show a status line until the next post or for two minutes; an empty one clears it."""
    if call.team.statuses:
        raise Problem(call.team.statuses)
    if "status" not in call.arguments:
        raise invalid_arguments("missing required field: status")
    loading = call.arguments.data("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > limits.STATUS_LINES:
        raise invalid_arguments("no more than 10 items allowed [json-pointer:/loading_messages]")
    session = _thread(call)
    session.line, session.loading = call.arguments.text("status"), loading
    session.line_at = call.world.now()
    call.world.save(session, "session")
    return {"ok": True}


def set_title(call: Call) -> Json:
    """Name a thread of the agent's direct messages."""
    (title,) = call.arguments.need("title")
    session = _thread(call, direct=True)
    session.title = title
    call.world.save(session, "session")
    return {"ok": True}


def set_prompts(call: Call) -> Json:
    """Suggest what to ask."""
    prompts = call.arguments.data("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= limits.PROMPTS:
        raise invalid_arguments("must have 1 to 4 items [json-pointer:/prompts]")
    for one in prompts:
        if not isinstance(one, dict) or not one.get("title") or not one.get("message"):
            raise invalid_arguments("missing required field: title [json-pointer:/prompts]")
    channel = call.channel("channel_id")
    if channel.kind != IM:
        raise Problem("channel_type_not_supported")
    ts = call.ts("thread_ts", needed=False)
    session = call.world.session(channel.team, channel.id, ts)
    session.prompts, session.prompts_title = prompts, call.arguments.text("title")
    call.world.save(session, "session")
    return {"ok": True}


def _session(call: Call) -> Session:
    if not call.team.agent:
        raise Problem("app_not_agent")
    return _thread(call)


def set_status(call: Call) -> Json:
    """Set an agent session's status, which makes the session."""
    (status,) = call.arguments.need("status")
    if status not in SESSION_STATES:
        raise invalid_arguments("invalid status [json-pointer:/status]")
    title = call.arguments.text("title")
    if len(title) > limits.SESSION_TITLE_CHARS:
        raise invalid_arguments("must be less than 201 characters [json-pointer:/title]")
    session = _session(call)
    if not session.status and title:
        session.title = title
    session.status, session.status_at = status, call.world.now()
    call.world.save(session, "session")
    answer: Json = {"ok": True, "status": status, "agent_status": status, "title": session.title}
    if "agent_session_stopped" not in call.settings.events:
        warning = "missing_agent_session_stopped_event_subscription"
        answer |= {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return answer


def rename(call: Call) -> Json:
    """Change an agent session's title."""
    (title,) = call.arguments.need("title")
    if len(title) > limits.SESSION_TITLE_CHARS:
        raise invalid_arguments("must be less than 201 characters [json-pointer:/title]")
    session = _session(call)
    if not session.status:
        raise Problem("session_not_found")
    session.title = title
    call.world.save(session, "session")
    return {"ok": True, "title": title}
