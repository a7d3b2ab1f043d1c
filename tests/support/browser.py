# SPDX-License-Identifier: MIT
"""Real browsers: headless, each start with a fresh profile, and nothing asked of the internet.

No driver steers them. A page runs the cases as script and posts what it saw to its own server.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .started import Started

MEMORY_NEEDED = 256 << 20  # bytes; a profile takes some 20 MB

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",  # it refuses to run as root with one; the pages are ours
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-breakpad",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--password-store=basic",
)

FIREFOX_PREFERENCES: dict[str, bool | int | str] = {
    "app.normandy.enabled": False,
    "app.shield.optoutstudies.enabled": False,
    "app.update.auto": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "dom.push.connection.enabled": False,
    "dom.security.https_first": False,
    "dom.security.https_only_mode": False,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.http.speculative-parallel-limit": 0,
    "network.prefetch-next": False,
    "network.proxy.type": 0,
    "network.trr.mode": 5,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.unified": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
}


@dataclass(frozen=True)
class Browser:
    name: str
    programs: tuple[str, ...]  # the first that the machine has
    command: Callable[[str, Path, str], list[str]]  # program, profile, URL
    prepare: Callable[[Path], None]  # fills in a new profile

    def program(self) -> str:
        for program in self.programs:
            found = shutil.which(program)
            if found is not None:
                return found
        raise FileNotFoundError(f"no {self.name} on this machine: scripts/setup test installs it")


def chromium_command(program: str, profile: Path, url: str) -> list[str]:
    return [program, *CHROMIUM_FLAGS, f"--user-data-dir={profile}", url]


def firefox_command(program: str, profile: Path, url: str) -> list[str]:
    return [program, "--headless", "--no-remote", "-profile", str(profile), url]


def write_firefox_preferences(profile: Path) -> None:
    lines = []
    for name, value in FIREFOX_PREFERENCES.items():
        text = str(value).lower() if isinstance(value, (bool, int)) else f'"{value}"'
        lines.append(f'user_pref("{name}", {text});\n')
    (profile / "user.js").write_text("".join(lines))


def keep_profile_empty(_: Path) -> None:
    """Chromium takes all of its settings from the command line."""


CHROMIUM = Browser("chromium", ("chromium", "chromium-browser", "google-chrome"),
                   chromium_command, keep_profile_empty)
FIREFOX = Browser("firefox", ("firefox-esr", "firefox"), firefox_command,
                  write_firefox_preferences)
BROWSERS = (CHROMIUM, FIREFOX)


def folder_for_profiles() -> str | None:
    """Memory, where there is enough: a slow disk holds up a browser's cache for seconds."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < MEMORY_NEEDED:
        return None
    return str(memory)


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Started]:
    """A browser that shows the page, until the end of the `with` block; then its profile goes."""
    with tempfile.TemporaryDirectory(prefix=f"cors-{browser.name}-",
                                     dir=folder_for_profiles()) as name:
        home = Path(name)
        profile = home / "profile"
        profile.mkdir()
        browser.prepare(profile)
        command = browser.command(browser.program(), profile, url)
        environment = {
            "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home),
            "TMPDIR": str(home), "MOZ_CRASHREPORTER_DISABLE": "1",
        }
        with Started(command, home / "browser.log", environment=environment) as process:
            yield process
