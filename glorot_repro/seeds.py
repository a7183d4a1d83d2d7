"""Random numbers that depend on a number alone: of a layer, an epoch, a block, an update."""

from numpy.random import SeedSequence


def child(seeds: SeedSequence, *numbers: int) -> SeedSequence:
    """What `seeds.spawn` gives as its child `numbers[0]`, of that `numbers[1]` and so on.

    Unlike `spawn` it does not count up in `seeds`, so the same numbers give the same child always.
    """
    return SeedSequence(
        seeds.entropy, spawn_key=(*seeds.spawn_key, *numbers), pool_size=seeds.pool_size
    )
