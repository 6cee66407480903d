"""Lesions over time: measured, split and merged, summed up to responses by RECIST and iRECIST."""
