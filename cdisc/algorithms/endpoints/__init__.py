"""Endpoints of a subject: overall responses, best response, times to event."""
