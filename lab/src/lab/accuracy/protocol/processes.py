"""Work side by side: processes for many calls at once, or none for one at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class InlineExecutor(Executor):
    """Makes each call when it is submitted, in this process.

    >>> InlineExecutor().submit(max, 1, 2).result()
    2
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Make a call; what it raises is raised at once."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def executor_of(jobs: int) -> Executor:
    """Return what makes so many calls at once."""
    # Spawned: forking would copy the threads of libraries.
    return InlineExecutor() if jobs == 1 else ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
