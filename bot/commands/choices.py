"""`/model` and `/persona`: who answers, and how, for a thread, a channel or a server."""

from __future__ import annotations

import difflib

import structlog

from bot.choices import held
from bot.commands import texts, usage_texts
from bot.commands.arguments import Unusable
from bot.commands.desk import Desk
from bot.commands.rights import Grant, Request
from bot.domain import Model
from bot.errors import BackendError
from bot.ports import ChatModels, Chosen, CommandCall, Level, SettingName
from bot.text import holds_secret

log = structlog.get_logger(__name__)

MOST_PERSONA = 1_500
# What a platform shows of a list to choose from, and how long each line may be.
MOST_COMPLETIONS = 25
MOST_LABEL = 100


def changes(request: Request) -> frozenset[Level]:
    """Return the level that is changed, if any. Raises `Unusable`."""
    value = request.text("model") or request.text("text")
    reset = bool(request.flag("reset"))
    if value and reset:
        raise Unusable(usage_texts.EITHER)
    return frozenset({request.level} if value or reset else ())


# --- model -------------------------------------------------------------------------------


async def model(desk: Desk, grant: Grant) -> str:
    """Show or choose the model."""
    request = grant.request
    if request.flag("reset"):
        await _choose(desk, request, SettingName.MODEL, "")
        in_force = await model_in_force(desk, request.call)
        return texts.model_reset(request.level, in_force, request.here)
    if not (name := request.text("model")):
        known = desk.models.known()
        rows = await chosen_here(desk, request.call, SettingName.MODEL)
        now = desk.clock.now()
        return texts.model_shown(rows, known[0], desk.fallback, known, now, request.here)
    found = find(desk.models, name)
    if found is None:
        total = len(desk.models.known())
        return texts.no_such_model(near(desk.models, name), total)
    await _choose(desk, request, SettingName.MODEL, found.id)
    return texts.model_set(found, request.level, request.here)


def find(models: ChatModels, name: str) -> Model | None:
    """Return the model that a person means: only what is in the list counts."""
    try:
        return models.find(name)[0]
    except BackendError:
        pass
    # Whatever the case of its letters; look-alikes of other scripts are other letters.
    named = [
        each for each in models.known() if name.lower() in (each.id.lower(), each.name.lower())
    ]
    return named[0] if len(named) == 1 else None


def near(models: ChatModels, name: str) -> list[str]:
    """Return the ids of up to three models, those that come nearest to a name."""
    ids = [each.id for each in models.known()]
    return difflib.get_close_matches(name[:80], ids, n=3, cutoff=0.4) or ids[:3]


def is_meant(models: ChatModels, word: str) -> bool:
    """Tell whether a word can only mean a model: it is the name of one, or nearly."""
    if find(models, word) is not None:
        return True
    names = [name.lower() for each in models.known() for name in (each.id, each.name)]
    return bool(difflib.get_close_matches(word[:80].lower(), names, n=1, cutoff=0.8))


async def model_in_force(desk: Desk, call: CommandCall) -> str:
    """Return the id of the model that answers the next question here."""
    rows = await chosen_here(desk, call, SettingName.MODEL)
    return held(rows, SettingName.MODEL) or desk.models.known()[0].id


def complete_model(desk: Desk, typed: str) -> list[tuple[str, str]]:
    """Return the models that fit what is typed: those that begin so first."""
    wanted = typed.lower()
    known = [
        each
        for each in desk.models.known()
        if wanted in each.id.lower() and len(each.id) <= MOST_LABEL
    ]
    known.sort(key=lambda each: not each.name.lower().startswith(wanted))
    return [(texts.model_label(each, MOST_LABEL), each.id) for each in known[:MOST_COMPLETIONS]]


# --- persona -----------------------------------------------------------------------------


async def persona(desk: Desk, grant: Grant) -> str:
    """Show or choose what the model is told first."""
    request = grant.request
    if request.flag("reset"):
        await _choose(desk, request, SettingName.PERSONA, "")
        return texts.persona_reset(request.level, request.here)
    if not (text := request.text("text")):
        rows = await chosen_here(desk, request.call, SettingName.PERSONA)
        return texts.persona_shown(rows, desk.system_prompt, desk.clock.now(), request.here)
    if holds_secret(text):
        return texts.SECRET_IN_PERSONA
    await _choose(desk, request, SettingName.PERSONA, text)
    return texts.persona_set(request.level, request.here)


# --- both --------------------------------------------------------------------------------


async def chosen_here(
    desk: Desk, call: CommandCall, name: SettingName | None = None
) -> list[Chosen]:
    """Return what was set for where a command was used, the narrowest level first."""
    return [
        each
        for each in await desk.store.chosen(call.thread)
        if name in (None, each.name) and (call.in_thread or each.level is not Level.THREAD)
    ]


async def _choose(desk: Desk, request: Request, name: SettingName, value: str) -> None:
    await choose(desk, request.call, Chosen(request.level, name, value))


async def choose(desk: Desk, call: CommandCall, choice: Chosen) -> None:
    """Store what a person set, and write down that they did."""
    made = Chosen(choice.level, choice.name, choice.value, call.author.id, desk.clock.now())
    await desk.store.choose(call.thread, made)
    log.info(
        "setting changed",
        setting=str(made.name),
        where=str(made.level),
        taken_back=not made.value,
        author=made.author,
        platform=call.thread.platform,
        workspace=call.thread.workspace,
        channel=call.thread.channel,
    )
