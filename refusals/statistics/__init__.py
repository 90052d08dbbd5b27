"""Every rate has an interval that is right: families, not cells, are the sample."""
