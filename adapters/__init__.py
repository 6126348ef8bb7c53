"""Speak: platforms to people, backends to models."""
