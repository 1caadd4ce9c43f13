"""`flow`: what the workflow is called and who wrote it."""

from compiler.spec.base import Field, Spec


class FlowSpec(Spec):
    """The workflow's name and description."""

    name: str = Field(
        min_length=1,
        description="Name of the workflow; the generated Python package is named after it.",
    )
    description: str | None = Field(default=None, description="What the workflow does.")
    version: str | None = Field(
        default=None, description='Version of the workflow, as text: `"1.0.0"`.'
    )
    author: str | None = Field(default=None, description="Who wrote the workflow.")
    tags: list[str] | None = Field(default=None, description="Words to find the workflow by.")
