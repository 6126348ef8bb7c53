"""The HTTP surface of the bot: health, readiness, metrics."""
