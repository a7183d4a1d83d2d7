"""Progress bars of data sets, on stderr and only on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


class DownloadBar:
    """A bar in the form that pooch drives: `total` set, then update, reset, update, close."""

    def __init__(self, progress: "Progress", name: str) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=None)

    @property
    def total(self) -> float | None:
        """Bytes of the whole file, None if the server does not say."""
        return next(task.total for task in self._progress.tasks if task.id == self._task)

    @total.setter
    def total(self, n_bytes: int) -> None:
        self._progress.update(self._task, total=n_bytes or None)

    def update(self, n_bytes: int) -> None:
        """More bytes have come."""
        self._progress.advance(self._task, n_bytes)

    def reset(self) -> None:
        """Back to no bytes."""
        self._progress.update(self._task, completed=0)

    def close(self) -> None:
        """The file is complete."""
        self._progress.stop_task(self._task)


@contextmanager
def download_bars(*, is_silent: bool) -> Iterator[Callable[[str], DownloadBar] | None]:
    """Makes the bar of a file from its name; None where nobody would see it."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True)
    if is_silent or not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield lambda name: DownloadBar(progress, name)


@contextmanager
def counting_bar(title: str, total: int, *, is_silent: bool) -> Iterator[Callable[[int], None]]:
    """To be told how many of `total` are done."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if is_silent or not console.is_terminal:
        yield lambda n_done: None
        return
    with Progress(console=console) as progress:
        task = progress.add_task(title, total=total)
        yield lambda n_done: progress.update(task, completed=n_done)


@contextmanager
def passing_line(*, is_silent: bool) -> Iterator[Callable[[str], None]]:
    """To be told what is done now; each line replaces the one before."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    if is_silent or not console.is_terminal:
        yield lambda line: None
        return
    with console.status("") as status:
        yield lambda line: status.update(Text(line))
