"""From the IR to one frozen view per generated file; the only door for user text into generated text."""
