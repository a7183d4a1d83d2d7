"""`python -m glorot_repro` is `glorot-repro`."""

from glorot_repro.cli import main

main()
