"""Columns as the engine hands them to an algorithm, written down in tests."""

import numpy as np
import pandas as pd


def text(*values):
    return pd.Series(values, dtype="str")


def numbers(*values):
    return pd.Series([np.nan if v is None else v for v in values], dtype="float64")


def dates(*values):
    return pd.Series(np.array(values, dtype="datetime64[s]"))


def plain(values):
    return [None if pd.isna(v) else v for v in values]
