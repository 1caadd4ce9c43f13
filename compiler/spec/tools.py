"""`tools`: custom tools of the workflow, and the tools a node uses."""

from typing import Literal

from compiler.spec.base import Data, Field, Spec
from compiler.spec.fields import FieldDecl


class ToolUseSpec(Spec):
    """A tool given to an agent, with settings."""

    name: str = Field(
        description="A built-in tool, a name from `tools`, or `server.tool` of an MCP server."
    )
    on_error: Literal["fail", "continue"] | None = Field(
        default=None,
        description="`continue` (default): the model is told the error; `fail`: the node fails.",
    )
    config: dict[str, Data] | None = Field(default=None, description="Settings of the tool.")


class McpSpec(Spec):
    """An MCP server: a command to start, or an address."""

    exactly_one = ("command", "url")

    command: list[str] | None = Field(
        default=None, min_length=1, description="Program and arguments to start."
    )
    url: str | None = Field(default=None, description="Address of a running server.")
    env: dict[str, str] | None = Field(
        default=None, description="Environment of the command; `${env:NAME}` passes a value on."
    )


class HttpSpec(Spec):
    """An HTTP endpoint as a tool."""

    at_least_one = ("url", "openapi")

    method: str | None = Field(default=None, description="HTTP method (default `GET`).")
    url: str | None = Field(
        default=None, description="Address; `{name}` parts are parameters of the tool."
    )
    headers: dict[str, str] | None = Field(
        default=None, description="Headers; `${env:NAME}` is read when the workflow runs."
    )
    params: dict[str, FieldDecl] | None = Field(
        default=None, description="Types of the `{name}` parts of `url` (default `str`)."
    )
    query: dict[str, FieldDecl] | None = Field(
        default=None, description="Parameters that are sent in the query: name -> type."
    )
    body: dict[str, FieldDecl] | None = Field(
        default=None, description="Parameters that are sent as a JSON body: name -> type."
    )
    openapi: str | None = Field(
        default=None, description="OpenAPI description (a file) to take method, url and types from."
    )
    operation: str | None = Field(
        default=None, description="`operationId` in the OpenAPI description."
    )
    timeout: float | None = Field(default=None, gt=0, description="Seconds one call may take.")


class ToolSpec(Spec):
    """A custom tool: exactly one of `function`, `mcp`, `http`."""

    exactly_one = ("function", "mcp", "http")

    function: str | None = Field(
        default=None, description="A Python function: `./tools.py:lookup`."
    )
    mcp: McpSpec | None = Field(default=None, description="A server of the Model Context Protocol.")
    http: HttpSpec | None = Field(default=None, description="An HTTP or OpenAPI endpoint.")
    description: str | None = Field(
        default=None, description="What the tool does; models are told this."
    )
    read_only: bool | None = Field(
        default=None, description="The tool changes nothing, so calls may be reordered."
    )
