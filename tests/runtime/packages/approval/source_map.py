"""Where each step stands in the workflow file."""

SOURCE_MAP = {"left": "approval.yaml:7", "publish": "approval.yaml:30"}
