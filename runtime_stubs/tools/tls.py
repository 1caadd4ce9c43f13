# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""What is trusted in connections of tools: read once, not for every request."""

import functools
import ssl

import httpx

__all__ = ["tls_context"]


@functools.cache
def tls_context(*, trust_env: bool) -> ssl.SSLContext:
    """Return the certificates that servers are checked with; reading them takes 20 ms.

    `trust_env`: `SSL_CERT_FILE` and `SSL_CERT_DIR` may name others.
    """
    return httpx.create_ssl_context(trust_env=trust_env)
