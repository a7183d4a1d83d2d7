"""The command line: the only place that prints, parses arguments and picks exit codes."""

import sys

INTERRUPTED = 130
"""The exit code after SIGINT or SIGTERM: that of a shell whose command Ctrl-C ended."""


def main() -> None:
    """Run the command line; ends the process with the exit code of what happened."""
    try:
        from glorot_repro.cli.app import main as command  # takes a moment: also interruptible

        command()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
