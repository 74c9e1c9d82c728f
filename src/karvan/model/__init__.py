"""Frozen nouns: no algorithm, no file, no clock."""
