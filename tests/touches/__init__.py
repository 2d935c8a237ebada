"""Tests of the touches."""
