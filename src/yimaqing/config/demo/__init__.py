"""`yimaqing demo`: a whole installation with synthetic households, from nothing to served."""

from yimaqing.config.demo.command import demo

__all__ = ["demo"]
