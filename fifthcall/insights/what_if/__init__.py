"""What if: another cadence is tried on a simulated clock, with the real rules, before it is switched on."""
