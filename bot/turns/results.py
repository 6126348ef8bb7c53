"""What a turn came to: pure decisions from what the model said and what befell it."""

from __future__ import annotations

from dataclasses import dataclass

from bot import context, notices
from bot.domain import Amounts, Model, Outcome, Turn, Usage
from bot.errors import BackendError, BackendFault
from bot.events import Completed, Finish
from bot.ports import Conclusion, Step
from bot.text import clean_output, estimate_tokens, is_blank

# After these the service may have run the request, and bill it.
RUN = frozenset(
    {BackendFault.TIMEOUT, BackendFault.CUT, BackendFault.PROTOCOL, BackendFault.INTERRUPTED}
)


@dataclass(slots=True)
class Answer:
    """A call of a model under way: what was asked for, and how it ended if it did."""

    model: Model
    prompt_tokens: int
    step: Step
    end: Completed | None = None


def is_nothing(text: str) -> bool:
    """Tell whether nobody would read anything of a model's text: the marks of code are none."""
    return is_blank(clean_output(text).replace("`", ""))


def answered(turn: Turn, answer: Answer, text: str) -> Conclusion:
    """Conclude a stream that ended by itself."""
    end = answer.end or Completed(Finish.UNKNOWN, Usage())
    if is_nothing(text):
        return Conclusion(
            Outcome.FAILED,
            note=_why_nothing(turn, end.finish),
            error="empty",
            model=answer.model.id,
            finish=end.finish,
            usage=end.usage,
            unsure=True,
        )
    charge, estimated = context.charge(
        answer.model, end.usage, answer.prompt_tokens, estimate_tokens(text)
    )
    return Conclusion(
        Outcome.ANSWERED,
        answer=text,
        note=notices.ending(turn.id, end.finish),
        error="length" if end.finish is Finish.LENGTH else "",
        model=answer.model.id,
        finish=end.finish,
        usage=end.usage,
        charge=charge,
        estimated=estimated,
    )


def _why_nothing(turn: Turn, finish: Finish) -> str:
    match finish:
        case Finish.LENGTH:
            return notices.spent_on_reasoning(turn.id)
        case Finish.BLOCKED:
            return notices.backend_failed(turn, BackendError(BackendFault.BLOCKED))
        case _:
            return notices.empty(turn.id)


def failed(
    turn: Turn,
    answer: Answer | None,
    text: str,
    error: BackendError,
    *,
    owners_told: bool = False,
    unfinished: bool = False,
) -> Conclusion:
    """Conclude a stream that broke: its text stays; without text, say why there is none.

    `owners_told`: the people who run the bot know of it already. `unfinished`: the request was
    handed over to a service which goes on with it when nobody waits any more.
    """
    if answer is not None and not is_nothing(text):
        note = notices.backend_cut(turn.id, error)
        return partly(Outcome.ANSWERED, answer, text, note, error=f"cut:{error.fault}")
    model = answer.model.id if answer is not None else ""
    if unfinished and error.fault is BackendFault.TIMEOUT:
        note = notices.unfinished(turn.id)
    else:
        note = notices.backend_failed(turn, error, owners_told=owners_told)
    unsure = unfinished or error.ambiguous or error.fault in RUN
    return Conclusion(Outcome.FAILED, note=note, error=error.fault, model=model, unsure=unsure)


def partly(
    outcome: Outcome, answer: Answer, text: str, note: str, *, error: str = ""
) -> Conclusion:
    """Conclude with the text so far, charged by estimate: the usage comes with the end."""
    seen = not is_nothing(text)
    charge = Amounts()
    if seen:
        charge, _ = context.charge(
            answer.model, Usage(), answer.prompt_tokens, estimate_tokens(text)
        )
    return Conclusion(
        outcome,
        answer=text if seen else "",
        note=note,
        error=error,
        model=answer.model.id,
        charge=charge,
        estimated=True,
        unsure=not seen,
    )


def stopped(turn: str, answer: Answer | None, text: str) -> Conclusion:
    """Conclude a turn that a person stopped."""
    note = notices.stopped(turn, not is_nothing(text))
    if answer is None:
        return Conclusion(Outcome.STOPPED, note=note)
    return partly(Outcome.STOPPED, answer, text, note)


def cancelled(answer: Answer | None, text: str) -> Conclusion:
    """Conclude a turn that nobody waits for any more: what was shown stays."""
    if answer is None:
        return Conclusion(Outcome.CANCELLED)
    return partly(Outcome.CANCELLED, answer, text, "")
