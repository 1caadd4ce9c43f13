"""From wanted files to files on disk: what would change, what stands in the way, and doing it whole or not at all."""

from compiler.write.apply import apply
from compiler.write.changes import Action, Change, ChangeSet, changes
from compiler.write.diff import unified_diff
from compiler.write.guard import refusal
from compiler.write.manifest import MANIFEST, Wanted, WantedFile, sha256
from compiler.write.paths import WriteError
from compiler.write.recover import recover

__all__ = [
    "MANIFEST",
    "Action",
    "Change",
    "ChangeSet",
    "Wanted",
    "WantedFile",
    "WriteError",
    "apply",
    "changes",
    "recover",
    "refusal",
    "sha256",
    "unified_diff",
]
