"""Images of generated projects."""
