"""Decide: the turn machine and its vocabulary, free of SDKs, HTTP and SQL."""
