"""The turn machine: at-least-once in, exactly one visible outcome."""
