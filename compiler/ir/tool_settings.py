"""The settings that built-in tools take in `config`; a test holds them to the run-time library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from compiler.expr import BOOL, FLOAT, INT, STR, DictType, EnumType, ListType, Type, optional

_TEXTS = ListType(STR)
_FILES: Final[Mapping[str, Type]] = {"roots": _TEXTS, "max_bytes": INT, "encoding": STR}
_PROGRAMS: Final[Mapping[str, Type]] = {
    "allow": _TEXTS,
    "folder": optional(STR),
    "environment": _TEXTS,
    "timeout": FLOAT,
    "max_output": INT,
}
_WEB: Final[Mapping[str, Type]] = {
    "allow_hosts": _TEXTS,
    "allow_private": BOOL,
    "timeout": FLOAT,
    "max_bytes": INT,
}

TOOL_SETTINGS: Final[Mapping[str, Mapping[str, Type]]] = {
    "web_search": {
        "backend": EnumType(("searxng", "serper", "tavily", "duckduckgo")),
        "url": optional(STR),
        "api_key_env": optional(STR),
        "max_results": INT,
        "timeout": FLOAT,
    },
    "web_scrape": {**_WEB, "max_characters": INT, "links": BOOL},
    "http_client": {**_WEB, "methods": _TEXTS, "headers": optional(DictType(STR, STR))},
    "file_read": _FILES,
    "file_write": _FILES,
    "file_glob": {"roots": _TEXTS, "max_results": INT, "hidden": BOOL},
    "file_move": {"roots": _TEXTS, "overwrite": BOOL},
    "sql_query": {
        "url": optional(STR),
        "url_env": optional(STR),
        "allow_writes": BOOL,
        "max_rows": INT,
        "timeout": FLOAT,
    },
    "dataframe_to_csv": {"delimiter": STR, "header": BOOL},
    "json_parse": {"max_bytes": INT},
    "yaml_parse": {"max_bytes": INT, "max_values": INT},
    "shell": _PROGRAMS,
    "process": _PROGRAMS,
    "env_vars": {"allow": _TEXTS},
    "calculator": {},
    "datetime": {"timezone": STR},
    "python_exec": {
        "mode": EnumType(("python",)),
        "preset": EnumType(("low", "medium", "high", "max")),
        "memory": optional(INT),
        "timeout": optional(FLOAT),
    },
    "memory_search": {
        "path": STR,
        "scope": optional(EnumType(("agent", "workflow", "node"))),
        "top_k": INT,
    },
    "text_split": {"size": INT, "overlap": INT},
}
"""By tool: its settings and their types; all of them may be left out."""

NEEDED_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "sql_query": ("url", "url_env"),
    "shell": ("allow",),
    "process": ("allow",),
    "env_vars": ("allow",),
}
"""By tool that does nothing without settings: those of which one must be there."""

SEARCH_HOSTS: Final[Mapping[str, str]] = {
    "searxng": "localhost",
    "serper": "google.serper.dev",
    "tavily": "api.tavily.com",
    "duckduckgo": "html.duckduckgo.com",
}
"""By backend of `web_search`: the host it talks to when no `url` is set."""
