"""Timestamps by RFC 3161: the built-in responder, and third parties' services over HTTP."""

from pdf.tsa.acts import FallbackTimestamper, WitnessedTimestamper
from pdf.tsa.client import HttpTimestamper
from pdf.tsa.protocol import Fault, Stamp, Timestamper
from pdf.tsa.responder import LocalTimestamper

__all__ = [
    "FallbackTimestamper",
    "Fault",
    "HttpTimestamper",
    "LocalTimestamper",
    "Stamp",
    "Timestamper",
    "WitnessedTimestamper",
]
