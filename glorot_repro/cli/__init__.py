"""The command line: the only place that prints, parses arguments and picks exit codes."""

from glorot_repro.cli.app import main

__all__ = ["main"]
