"""placeholder"""

from cdisc.trace.answer import Answer


def trace_page(answer: Answer) -> bytes:
    return b""
