"""The tests: see README.md beside this file."""
