"""Tables of plain lines: never cut or folded, so that a name can be copied or cut out."""

from collections.abc import Sequence

import typer


def print_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()
) -> None:
    """Print a line of names and one for each row, aligned; the columns `right` to the right."""
    lines = [names, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        cells = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for name, cell, width in zip(names, line, widths, strict=True)
        ]
        typer.echo("  ".join(cells).rstrip())
