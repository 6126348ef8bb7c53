"""What the bot says below an answer: what it was made of, and what was left out."""

from __future__ import annotations


def kept_messages(kept: int) -> str:
    """Say that older messages were left out."""
    if kept == 1:
        return "(using only your last message: what was said before does not fit)"
    return f"(using the last {kept} messages of this conversation)"


def pictures_unseen(unseen: int, most: int, model: str) -> str:
    """Say that pictures of the question did not go to the model."""
    if most == 0:
        what = "picture was" if unseen == 1 else "pictures were"
        return f"(your {what} left out: the model `{model}` does not see pictures)"
    return f"({_pictures(unseen)} left out: the model `{model}` takes up to {most} at once)"


def pictures_unseen_before(unseen: int, most: int) -> str:
    """Say that earlier pictures did not go to the model."""
    return f"({_pictures(unseen)} from before left out: the newest {most} are used)"


def pictures_excluded(excluded: int) -> str:
    """Say that the model service would not take an earlier picture."""
    what = "an old picture was" if excluded == 1 else f"{excluded} old pictures were"
    return f"({what} left out: the model service would not take it any more)"


def _pictures(count: int) -> str:
    return "1 picture was" if count == 1 else f"{count} pictures were"


def output_cut(most: int) -> str:
    """Say that the answer may not be as long as was asked for."""
    return f"(the answer may have up to {most:,} tokens: more is not possible with this model)"


def effort_changed(wanted: str, used: str | None, model: str) -> str:
    """Say that the model does not know the effort that was asked for."""
    if used is None:
        return f"(effort `{wanted}` was left out: the model `{model}` has no such choice)"
    return f"(effort `{used}` was used: the model `{model}` has no `{wanted}`)"


def fell_back(wanted: str, used: str) -> str:
    """Say that another model answered than the one that is set."""
    what = f"the model `{wanted}`" if wanted else "the model that is set here"
    return f"(answered by `{used}`: {what} is not available)"


def not_overheard(permission: str) -> str:
    """Say that what was said before in a thread could not be read."""
    if permission:
        return f"(I could not read what was said here before: I need *{permission}*)"
    return "(I could not read what was said here before)"


def done_to_file(name: str, what: str) -> str:
    """Say what was done to a file that was read."""
    return f"({name}: {what.rstrip('.')})"
