"""What programs and events do with exchange: one module per part, one function per intention."""
