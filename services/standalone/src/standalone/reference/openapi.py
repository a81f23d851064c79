"""The OpenAPI 3.1 document of all doors at one address."""

from __future__ import annotations

from typing import Any, cast

from spotter.settings import Limits
from standalone.app import Parts, create_app
from standalone.reference.schemas import Json


def openapi(version: str) -> Json:
    """Give the document that the one-process host serves; the cluster answers the same behind its proxy."""
    nothing = cast(Any, _Nothing())
    parts = Parts(nothing, nothing, nothing, nothing, nothing, Limits())
    app = create_app(parts, ready=lambda: None, alive=lambda: None)
    app.version = version
    return app.openapi()


class _Nothing:
    """Stands for parts that are only touched when a request comes."""

    def __getattr__(self, name: str) -> _Nothing:
        return self

    def __call__(self) -> _Nothing:
        return self
