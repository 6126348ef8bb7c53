"""Slack: slack-bolt and slack-sdk, and nothing else of ours imports them."""
