"""Dates and times: read, complete or partial, imputed, counted from one another."""
