"""A guard for questions about what belongs to the neighbours."""
