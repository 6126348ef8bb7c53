"""Find a model, and the backend that has it, by the name that people use."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from bot.domain import Model
from bot.errors import BackendError, BackendFault, ConfigError
from bot.ports import ChatBackend


class Models:
    """Every model that is set up; implements `bot.ports.ChatModels`.

    The first one is the default unless `default` names another.
    """

    def __init__(
        self,
        backends: Mapping[str, ChatBackend],
        models: Sequence[Model],
        default: str | None = None,
    ) -> None:
        self._backends = dict(backends)
        self._models = list(models)
        if not self._models:
            raise ConfigError(["no chat model is set up"])
        if missing := sorted({m.backend for m in self._models} - self._backends.keys()):
            raise ConfigError([f"models without their backend: {', '.join(missing)}"])
        self._default = self._models[0]
        if default:
            try:
                self._default = self._named(default)
            except BackendError as error:
                raise ConfigError([f"DEFAULT_MODEL: {error.detail}"]) from error

    def find(self, name: str | None) -> tuple[Model, ChatBackend]:
        """Return the named model, or the default. Raises `BackendError(NO_MODEL)`."""
        model = self._named(name) if name else self._default
        return model, self._backends[model.backend]

    def known(self) -> list[Model]:
        """Return every model, the default first."""
        return sorted(self._models, key=lambda model: model is not self._default)

    def _named(self, name: str) -> Model:
        found = [model for model in self._models if model.id == name]
        found = found or [model for model in self._models if model.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            why = f"{name!r} is served by several backends; write one of"
            names = [model.id for model in found]
        else:
            why = f"there is no model {name!r}; write one of"
            ids = [model.id for model in self._models]
            names = difflib.get_close_matches(name, ids, n=3, cutoff=0.3) or ids[:5]
        raise BackendError(BackendFault.NO_MODEL, detail=f"{why}: {', '.join(names)}")
