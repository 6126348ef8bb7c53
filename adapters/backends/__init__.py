"""Backends: the protocols of chat models, behind one port."""
