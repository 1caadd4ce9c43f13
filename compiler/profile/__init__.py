"""Where the time and the money of past runs went, told from their traces."""
