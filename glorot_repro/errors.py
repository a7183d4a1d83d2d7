"""The errors a user can cause; the command line turns each into one line and an exit code."""

from glorot_repro.wording import one_line


class GlorotReproError(Exception):
    """Base of all errors a user can cause: `exit_code` is the exit code of the command line."""

    exit_code = 1

    @property
    def line(self) -> str:
        """What the user is told: the message on one line, which no terminal takes for commands."""
        return one_line(" ".join(str(self).split()))


class CheckFailedError(GlorotReproError):
    """A regression check found a difference."""

    exit_code = 1


class ConfigError(GlorotReproError):
    """A configuration or an argument is wrong."""

    exit_code = 2


class DivergedError(GlorotReproError):
    """Nothing finished, because training left the finite numbers."""

    exit_code = 3


class RunFailedError(GlorotReproError):
    """A run could not be brought to its end, whatever was tried."""

    exit_code = 1


class DataNotAvailableError(GlorotReproError):
    """A data set is not on this machine and could not be fetched, or is damaged."""

    exit_code = 4


class StorageError(GlorotReproError):
    """A file could not be written or read: full disk, missing permission, damaged file."""

    exit_code = 5


class NoBaselineError(StorageError):
    """Nothing is pinned where a baseline should lie."""


class RunBusyError(StorageError):
    """Another process trains the run."""
