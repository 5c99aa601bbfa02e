"""Policy tests on the synthesised templates: what must hold for every function, queue, table and alarm."""
