"""The named random streams of a run: all of them come from its one seed."""

import numpy as np

STREAMS = ("initialization", "training_data", "evaluation_data", "probe_examples", "pretraining")
"""The place of a name here is part of what a seed means: append only."""


def stream_seeds(seed: int, name: str) -> np.random.SeedSequence:
    """The seeds of one named stream; streams of other names or seeds share no random numbers."""
    return np.random.SeedSequence(seed, spawn_key=(STREAMS.index(name),))
