"""Rendering: templates and views in, formatted text out."""
