"""Where each step stands in the workflow file."""

SOURCE_MAP = {"greet": "greeter.yaml:12", "repeat": "greeter.yaml:20"}
