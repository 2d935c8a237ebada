"""Fifthcall: follow-up that never goes missing."""

__version__ = "0.1.0"
