"""Slow, obvious second implementations, to be read line by line against the study design.

They check the fast algorithms independently: plain Python, one subject and one row at a time.
"""
