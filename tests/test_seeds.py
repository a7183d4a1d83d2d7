import numpy as np
import pytest

from glorot_repro.seeds import child


@pytest.mark.parametrize("pool_size", [4, 8])
def test_child_is_the_one_that_spawn_gives_whatever_was_spawned_before(pool_size: int) -> None:
    def seeds() -> np.random.SeedSequence:
        return np.random.SeedSequence(2010, spawn_key=(3,), pool_size=pool_size)

    parent = seeds()
    parent.spawn(5)
    expected = seeds().spawn(3)[2].spawn(2)[1].generate_state(8)
    np.testing.assert_array_equal(child(parent, 2, 1).generate_state(8), expected)
