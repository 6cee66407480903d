"""Columns as algorithms work on them: distinct values, groups, order, issues."""
