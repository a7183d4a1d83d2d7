"""Early stopping after the fact: the evaluation at which a run was best by validation error."""

from typing import Any

import numpy as np

from glorot_repro.measure.curves import Curves


def best_evaluation(curves: Curves) -> dict[str, Any] | None:
    """Update, validation_error and test_error of the lowest validation error, the first of equals.

    Errors in percent. The test error chooses nothing. None for a run without evaluations.
    """
    updates, validation = curves.series("validation_error")
    if not len(updates):
        return None
    place = int(np.argmin(validation))
    _, test = curves.series("test_error")
    return {
        "update": int(updates[place]),
        "validation_error": float(validation[place]),
        "test_error": float(test[place]),
    }
