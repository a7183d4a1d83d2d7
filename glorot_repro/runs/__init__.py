"""Runs on disk: addresses, files, execution."""
