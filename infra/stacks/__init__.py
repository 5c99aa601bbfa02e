"""The stacks of Skolkit: `core` once, one per area, and the console."""
