"""Fixtures of the measuring tests."""

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="module")
def _one_blas_thread() -> Iterator[None]:
    """As in a run; on a busy machine a second thread makes decompositions up to 20 times slower."""
    with threadpool_limits(1, user_api="blas"):
        yield
