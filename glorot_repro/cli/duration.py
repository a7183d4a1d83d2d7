"""Durations as a person says them."""


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever fits `seconds`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
