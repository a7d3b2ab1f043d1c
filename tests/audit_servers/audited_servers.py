# SPDX-License-Identifier: MIT
"""Servers that are audited over TLS: nginx takes it itself, and for all others."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.audit_servers.configuration import Configuration
from tests.support.certificates import Authority, Pair
from tests.support.nginx_server import NginxServer
from tests.support.web_servers import Software, start_server, start_software, write_site

# The host's name says at which port the application is.
FRONT = r"""
server_name ~^api-(?<application>\d+)\.example\.com$;
location / {
    proxy_pass http://127.0.0.1:$application;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto https;
    proxy_pass_header Server;
}
"""

SPRING = Software(["/usr/bin/python3"], f"""
import sys
sys.path.insert(0, {str(Path(__file__).resolve().parent)!r})
from spring_server import CorsConfiguration, serve
%(snippet)s
serve(%(port)d, configuration)
""")


@dataclass(frozen=True)
class Address:
    """Where a server is to be found: what `cors audit` is told of it."""
    host: str
    port: int
    ca_file: Path

    def url(self, path: str) -> str:
        return f"https://{self.host}:{self.port}{path}"


class Stage:
    """One front for all applications, with a certificate for every name below example.com."""

    def __init__(self, folder: Path) -> None:
        authority = Authority(folder)
        self.ca_file = authority.certificate
        self.pair: Pair = authority.sign("servers", "DNS:*.example.com")
        self.front = NginxServer(folder, FRONT, http2=True, tls=self.pair)

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        self.front.process.end()

    def start(self, started: ExitStack, folder: Path, software: str,
              configuration: Configuration) -> Address:
        """A server with a configuration, until `started` is left."""
        if software == "nginx":
            return self.start_nginx(started, folder, configuration.snippet, configuration.http)
        if software == "spring":
            return self.before(start_software(started, folder, SPRING, configuration.snippet))
        return self.before(start_server(started, folder, software, configuration.snippet))

    def start_nginx(self, started: ExitStack, folder: Path, snippet: str,
                    http: str = "") -> Address:
        write_site(folder / "site")
        (folder / "users").write_text("ada:{PLAIN}secret\n")
        nginx = started.enter_context(NginxServer(
            folder, f"server_name api.example.com;\nroot {folder}/site;\n{snippet}", http,
            tls=self.pair))
        return Address("api.example.com", nginx.port, self.ca_file)

    def before(self, port: int) -> Address:
        """The address at the front of an application at a port of its own."""
        return Address(f"api-{port}.example.com", self.front.port, self.ca_file)
