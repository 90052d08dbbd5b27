"""Tests of the mathematics: against other people's libraries, by property, and by simulation."""
