"""A package index as companies have it: of its own, behind a password, with a certificate that only they trust."""

from __future__ import annotations

import base64
import io
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

USER: Final = "me"
PASSWORD: Final = "hunter2-hunter2"


@dataclass
class PackageIndex:
    """The index; `served` has the paths that were asked for with the password, `bundle` is its certificate."""

    port: int
    bundle: Path
    served: list[str] = field(default_factory=list)

    def url(self, host: str) -> str:
        """Return its address with user and password."""
        return f"https://{USER}:{PASSWORD}@{host}:{self.port}/simple"


@contextmanager
def package_index(folder: Path, package: str, version: str, *hosts: str) -> Iterator[PackageIndex]:
    """Serve one package that does nothing, under all addresses of this machine.

    Args:
        hosts: what clients may call it besides `localhost`, IP addresses.
    """
    certificate, key = folder / "index.pem", folder / "index.key"
    names = ",".join(["DNS:localhost", *(f"IP:{host}" for host in hosts)])
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=index", "-addext", f"subjectAltName={names}"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    file = f"{package}-{version}-py3-none-any.whl"
    wheel = _wheel(package, version)
    wanted = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
    index: PackageIndex

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer whoever knows the password."""
            if self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic realm=index")
                self.end_headers()
                return
            index.served.append(self.path)
            is_file = self.path.endswith(file)
            body = wheel if is_file else f'<a href="/files/{file}">{file}</a>'.encode()
            kind = "application/zip" if is_file else "text/html"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    index = PackageIndex(server.server_port, certificate)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _wheel(package: str, version: str) -> bytes:
    folder = f"{package}-{version}.dist-info"
    files = {
        f"{package}.py": "",
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n",
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in (*files, f"{folder}/RECORD"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in {**files, f"{folder}/RECORD": record}.items():
            archive.writestr(name, text)
    return packed.getvalue()
