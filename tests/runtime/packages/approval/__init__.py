"""approval: collects notes in parallel, asks a person, publishes; saved."""
