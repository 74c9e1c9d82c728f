"""Temporary alias."""

from karvan.cli.atlas.check import command as command
