"""Find a model, and the backend that has it, by the name that people use."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

from bot.domain import ImageModel, Model
from bot.errors import BackendError, BackendFault, ConfigError
from bot.ports import ChatBackend, ImageBackend

M = TypeVar("M", bound=Model | ImageModel)
B = TypeVar("B")


class _Offered(Generic[M, B]):
    """Models of one sort, and the backends that have them."""

    def __init__(self, backends: Mapping[str, B], models: Sequence[M]) -> None:
        self._backends = dict(backends)
        self.models = list(models)
        if missing := sorted({m.backend for m in self.models} - self._backends.keys()):
            raise ConfigError([f"models without their backend: {', '.join(missing)}"])

    def with_backend(self, model: M) -> tuple[M, B]:
        """Return a model and the backend that has it."""
        return model, self._backends[model.backend]

    def named(self, name: str) -> M:
        """Return the model of an id, or of a name that is only one's.

        Raises `BackendError(NO_MODEL)`.
        """
        found = [model for model in self.models if model.id == name]
        found = found or [model for model in self.models if model.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            why = f"{name!r} is served by several backends; write one of"
            names = [model.id for model in found]
        else:
            why = f"there is no model {name!r}; write one of"
            ids = [model.id for model in self.models]
            names = difflib.get_close_matches(name, ids, n=3, cutoff=0.3) or ids[:5]
        raise BackendError(BackendFault.NO_MODEL, detail=f"{why}: {', '.join(names)}")


class Models:
    """Every chat model that is set up; implements `bot.ports.ChatModels`.

    The first one is the default unless `default` names another.
    """

    def __init__(
        self,
        backends: Mapping[str, ChatBackend],
        models: Sequence[Model],
        default: str | None = None,
    ) -> None:
        if not models:
            raise ConfigError(["no chat model is set up"])
        self._offered = _Offered[Model, ChatBackend](backends, models)
        self._default = models[0]
        if default:
            try:
                self._default = self._offered.named(default)
            except BackendError as error:
                raise ConfigError([f"DEFAULT_MODEL: {error.detail}"]) from error

    def find(self, name: str | None) -> tuple[Model, ChatBackend]:
        """Return the named model, or the default. Raises `BackendError(NO_MODEL)`."""
        return self._offered.with_backend(self._offered.named(name) if name else self._default)

    def known(self) -> list[Model]:
        """Return every model, the default first."""
        return sorted(self._offered.models, key=lambda model: model is not self._default)


class ImageModels:
    """Every image model that is set up, or none; implements `bot.ports.ImageModels`.

    The first one is the default. `former` are the makers of a model by its name, by backend: what
    is no longer offered may have been begun.
    """

    def __init__(
        self,
        backends: Mapping[str, ImageBackend],
        models: Sequence[ImageModel],
        former: Mapping[str, Callable[[str], ImageModel]] | None = None,
    ) -> None:
        self._offered = _Offered[ImageModel, ImageBackend](backends, models)
        self._former = dict(former or {})

    def find(self, name: str | None) -> tuple[ImageModel, ImageBackend]:
        """Return the named model, or the default. Raises `BackendError(NO_MODEL)`."""
        if not self._offered.models:
            raise BackendError(BackendFault.NO_MODEL, detail="no image model is set up")
        model = self._offered.named(name) if name else self._offered.models[0]
        return self._timed(model), self._offered.with_backend(model)[1]

    def find_begun(self, name: str) -> tuple[ImageModel, ImageBackend]:
        """Return a model that a request was begun with; see `bot.ports.ImageModels`."""
        try:
            return self.find(name)
        except BackendError:
            backend, _, model = name.partition(":")
            if backend not in self._former:
                raise
            return self._offered.with_backend(self._former[backend](model))

    def known(self) -> list[ImageModel]:
        """Return every image model, the default first; none where no backend has any."""
        return list(map(self._timed, self._offered.models))

    def _timed(self, model: ImageModel) -> ImageModel:
        """Return a model with what an edit takes now."""
        _, backend = self._offered.with_backend(model)
        return replace(model, usual_seconds=backend.usual_seconds(model))
