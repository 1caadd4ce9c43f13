"""What the compiler says to its user: spans, codes, diagnostics, and one renderer per output format."""
