"""The one registry of diagnostic codes. Numbers are never reused.

Families: AC1xx YAML and encoding, AC2xx shape and keys, AC3xx names and references, AC4xx expressions,
templates and types, AC5xx graph, AC6xx models, prices, permissions, secrets, sandbox and budgets, AC7xx user
functions, tools and evaluation, AC8xx planning and deployment, AC9xx writing and staleness, AC999 internal.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A registered code: severity is `error`, `warning` or `note`; the slug states a fact."""

    code: str
    severity: str
    slug: str
    summary: str


_CODES = (
    # AC1xx YAML and encoding
    Code("AC101", "error", "yaml-syntax", "the text is not valid YAML"),
    Code("AC102", "error", "not-utf8", "the file is not valid UTF-8"),
    Code("AC103", "error", "duplicate-key", "a mapping holds the same key twice"),
    Code("AC104", "error", "not-a-mapping", "a workflow file must be one mapping"),
    Code("AC105", "error", "too-large", "the file is larger, deeper or wider than the limits"),
    Code(
        "AC106", "error", "alias-bomb", "aliases expand to too many values, or refer to themselves"
    ),
    Code("AC107", "error", "unknown-tag", "a YAML tag has no meaning here"),
    Code("AC108", "error", "control-character", "a character that YAML does not allow"),
    Code("AC109", "error", "several-documents", "a file holds more than one YAML document"),
    Code("AC110", "error", "non-text-key", "a mapping key is not text"),
    Code("AC111", "error", "unreadable-file", "a file cannot be read"),
    Code("AC112", "warning", "unused-ignore", "an ignore comment that suppresses nothing"),
    # AC2xx shape and keys
    Code("AC201", "error", "unknown-key", "a key that has no meaning here"),
    Code("AC202", "error", "missing-key", "a required key is absent"),
    Code(
        "AC203", "error", "wrong-shape", "a value of the wrong kind (text, number, list, mapping)"
    ),
    Code("AC204", "error", "value-not-allowed", "a value outside of what is allowed here"),
    Code("AC205", "error", "keys-exclude-each-other", "keys that cannot stand together"),
    Code("AC206", "error", "unknown-kind", "a node whose kind cannot be told or does not exist"),
    Code("AC207", "error", "bad-edge-shorthand", "an edge shorthand that cannot be read"),
    Code("AC208", "error", "bad-schema-version", "a schema version this compiler does not know"),
    Code("AC209", "error", "key-of-other-kind", "a key that belongs to another kind of node"),
    Code("AC210", "note", "no-effect", "a key that changes nothing"),
    # AC3xx names and references
    Code("AC301", "error", "unknown-node", "a reference to a node that does not exist"),
    Code("AC302", "error", "unknown-field", "a reference to a state field that does not exist"),
    Code("AC303", "error", "unknown-model", "a reference to a model that is not declared"),
    Code("AC304", "error", "unknown-tool", "a reference to a tool that does not exist"),
    Code("AC305", "error", "unknown-type", "a type that does not exist"),
    Code("AC306", "error", "duplicate-name", "two things of one kind with the same name"),
    Code("AC307", "error", "bad-identifier", "a name that cannot be a Python name"),
    Code("AC308", "error", "missing-file", "a referenced file does not exist"),
    Code("AC309", "error", "path-outside", "a path that leaves the workflow's folder"),
    Code("AC310", "error", "recursive-workflow", "a sub-workflow that contains itself"),
    Code("AC311", "error", "bad-subworkflow-io", "inputs or outputs do not fit the sub-workflow"),
    Code("AC312", "note", "renamed", "a name had to change to be a Python name"),
    Code("AC313", "error", "recursive-type", "a named type that contains itself"),
    Code("AC314", "warning", "unused-field", "a state field nothing reads or writes"),
    Code("AC315", "warning", "unused-tool", "a declared tool nothing uses"),
    Code("AC316", "warning", "unused-model", "a declared model nothing uses"),
    Code("AC317", "warning", "unused-type", "a declared type nothing uses"),
    Code(
        "AC318", "error", "bad-agent-reference", "an agent list names a node that is not an agent"
    ),
    # AC4xx expressions, templates, types
    Code("AC401", "error", "expression-syntax", "an expression that cannot be read"),
    Code("AC402", "error", "expression-type", "operands or arguments of the wrong type"),
    Code("AC403", "error", "unknown-function", "a function that expressions do not have"),
    Code(
        "AC404", "error", "unknown-reference", "an expression or prompt refers to an unknown name"
    ),
    Code("AC405", "error", "unknown-attribute", "an object type has no such attribute"),
    Code("AC406", "error", "condition-not-bool", "a condition that is not true or false"),
    Code("AC407", "error", "bad-default", "a default value that does not fit its type"),
    Code("AC408", "error", "type-mismatch", "a value that does not fit the field it is written to"),
    Code("AC409", "error", "bad-type", "a type that cannot be read"),
    Code("AC410", "error", "bad-merge", "a merge that the field's type cannot do"),
    Code("AC411", "error", "schema-disagrees", "an output schema and the state disagree"),
    Code("AC412", "error", "required-with-default", "a required field with a default"),
    Code(
        "AC413", "error", "possibly-null", "an attribute or operation on a value that may be null"
    ),
    Code(
        "AC414", "error", "output-not-declared", "a node writes something its schema does not have"
    ),
    Code("AC415", "warning", "misread-text", "a text that is read otherwise than it looks"),
    # AC5xx graph
    Code("AC501", "error", "unreachable-node", "a node that no path from START reaches"),
    Code("AC502", "error", "no-way-out", "a node from which END cannot be reached"),
    Code("AC503", "error", "starved-join", "a join that can never have all it waits for"),
    Code("AC504", "error", "write-race", "two parallel nodes write one field"),
    Code("AC505", "error", "unbounded-cycle", "a cycle without a bound"),
    Code("AC506", "error", "irreducible-cycle", "a cycle with more than one entry"),
    Code(
        "AC507",
        "error",
        "branch-leaves-loop",
        "a parallel branch leaves a loop while another stays",
    ),
    Code("AC508", "error", "read-before-write", "a field is read that may not have been written"),
    Code("AC509", "error", "missing-default-route", "routes without a default that leave a gap"),
    Code("AC510", "warning", "shadowed-route", "a route that can never be taken"),
    Code("AC511", "error", "bound-without-exit", "a bounded default route without `on_exhausted`"),
    Code("AC512", "error", "several-exits", "a node has more than one kind of outgoing edge"),
    Code("AC513", "error", "edge-endpoint", "an edge that enters START or leaves END"),
    Code("AC514", "warning", "duplicate-edge", "the same edge twice"),
    Code("AC515", "error", "bad-map", "a map whose source, target or collection does not fit"),
    Code("AC516", "warning", "bound-without-cycle", "a bound on a route that does not go back"),
    Code("AC517", "error", "map-race", "the items of a map write a field that cannot be merged"),
    Code(
        "AC518", "warning", "constant-condition", "a condition that is always true or always false"
    ),
    Code(
        "AC519", "warning", "unread-output", "an output that nothing reads and that is overwritten"
    ),
    Code("AC531", "error", "route-gap", "routes over numbers or an enum that leave values out"),
    # AC6xx models, prices, permissions, secrets, sandbox, budgets
    Code("AC601", "error", "literal-secret", "a secret written into the file"),
    Code("AC602", "note", "unpriced-model", "a model with no known price"),
    Code("AC603", "warning", "default-model", "no model is named, the default one is used"),
    Code("AC604", "error", "tool-not-permitted", "a tool the workflow's permissions do not allow"),
    Code("AC605", "error", "sandbox-refuses", "code that the sandbox does not allow"),
    Code("AC606", "error", "budget-too-small", "a budget that even the shortest run exceeds"),
    Code("AC607", "warning", "budget-may-end-run", "a budget that the longest run exceeds"),
    Code(
        "AC608", "error", "network-not-permitted", "network use that the permissions do not allow"
    ),
    Code("AC609", "error", "file-not-permitted", "file use that the permissions do not allow"),
    Code("AC610", "note", "cost-interval", "how many model calls a run makes and what they cost"),
    Code("AC611", "error", "bad-model-setting", "a model setting the provider does not take"),
    Code("AC612", "warning", "unconfined-code", "code that runs without a sandbox"),
    # AC7xx user functions, tools, evaluation
    Code("AC701", "error", "function-not-found", "a user function that is not in its file"),
    Code("AC702", "error", "function-signature", "a user function whose parameters do not fit"),
    Code("AC703", "error", "user-code-syntax", "Python text that cannot be parsed"),
    Code("AC704", "error", "tool-arguments", "arguments that do not fit the tool"),
    Code("AC705", "error", "bad-trigger", "a trigger that cannot work"),
    Code("AC706", "error", "bad-evaluation", "an evaluation, variant or gate that does not fit"),
    Code("AC707", "error", "no-result", "code that never sets `result`"),
    Code("AC708", "warning", "unknown-metric", "a metric that no run and no scorer gives"),
    Code("AC709", "error", "import-of-a-file", "a user file that imports another one"),
    # AC8xx planning and deployment
    Code("AC801", "error", "no-engine-inside", "a deployed agent that needs a Docker engine"),
    Code(
        "AC802", "warning", "own-machine", "an address that in a container is the container itself"
    ),
    Code("AC811", "error", "engine-without-checkpoints", "a queue for runs that are not saved"),
    Code("AC812", "error", "runs-not-on-redis", "a queue whose runs would be saved on Redis"),
    # AC9xx writing and staleness
    Code("AC901", "error", "edited-by-hand", "a generated file was changed by hand"),
    Code("AC902", "error", "stale-output", "the generated files are not those of this source"),
    Code("AC903", "error", "foreign-output", "the output folder holds something that is not ours"),
    Code("AC904", "error", "cannot-write", "a file or folder cannot be written"),
    Code(
        "AC905", "warning", "orphan-kept", "a file is no longer generated but was changed by hand"
    ),
    Code("AC999", "error", "internal", "a bug in agentc"),
)

CODES: dict[str, Code] = {code.code: code for code in _CODES}


def get_code(code: str) -> Code:
    """Return a registered code.

    Raises:
        KeyError: the code is not registered, which is a bug of the caller.
    """
    return CODES[code]
