"""The commands that people type: one table, one dispatcher, one module for each group."""
