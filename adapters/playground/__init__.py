"""The outside world in small: stand-ins of the platforms and providers, and their page."""
