# SPDX-License-Identifier: MIT
"""The part of the build that pyproject.toml cannot say: the extension in C.

A source distribution holds the engine's sources in native/; `bindings/python/build` puts them
there. In a checkout of the repository they are where they are.
"""
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup

HERE = Path(__file__).resolve().parent
CARRIED = HERE / "native"
NATIVE = CARRIED if CARRIED.is_dir() else HERE.parent.parent
LIBRARIES = ["yaml-0.1", "libpsl", "libidn2"]
LINKED = ["-lyaml", "-lpsl", "-lidn2"]  # where there is no pkg-config to ask


def place(path: Path) -> str:
    """Relative where that stays below this folder, as source distributions want it."""
    return str(path.relative_to(HERE) if path.is_relative_to(HERE) else path)


def files(folder: Path, pattern: str) -> list[str]:
    return sorted(place(path) for path in folder.glob(pattern))


def pkg_config(option: str) -> list[str]:
    try:
        found = subprocess.run(["pkg-config", option, *LIBRARIES], check=True, text=True,
                               stdout=subprocess.PIPE)
    except (OSError, subprocess.CalledProcessError):
        return LINKED if option == "--libs" else []
    return shlex.split(found.stdout)


def version() -> str:
    header = (NATIVE / "include" / "cors" / "types.h").read_text()
    found = re.search(r'CORS_VERSION_STRING "([^"]+)"', header)
    assert found is not None
    return found[1]


# Python's own flags ask for symbols, which make a wheel three times as large.
DEBUG = [] if os.environ.get("CFLAGS") else ["-g0"]

# As the command is hardened (meson.build), with what compilers for every machine take. Whoever
# sets CFLAGS, for a sanitizer say, chooses for themselves.
HARDENED = [] if os.environ.get("CFLAGS") else [
    "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong",
]
HARDENED_LINK = ["-Wl,-z,relro", "-Wl,-z,now"] if sys.platform == "linux" else []

if "sdist" in sys.argv and NATIVE != CARRIED:
    sys.exit("A source distribution is made by `bindings/python/build`, which adds the engine.")

ENGINE = HERE / "engine"
SOURCES = [NATIVE / "src" / "core", NATIVE / "src" / "policyfile", ENGINE]
HEADERS = [*SOURCES, NATIVE / "include" / "cors"]

setup(
    version=version(),
    packages=["libcors"],
    package_data={"libcors": ["py.typed", "*.pyi"]},
    ext_modules=[Extension(
        "libcors._engine",
        sources=[name for folder in SOURCES for name in files(folder, "*.c")],
        depends=["setup.py", *(name for folder in HEADERS for name in files(folder, "*.h"))],
        include_dirs=[place(NATIVE / "include"), *map(place, SOURCES)],
        define_macros=[("_DEFAULT_SOURCE", "")],
        extra_compile_args=["-std=c11", "-fvisibility=hidden", *DEBUG, *HARDENED,
                            *pkg_config("--cflags")],
        extra_link_args=[*HARDENED_LINK,
                         f"-Wl,--version-script={place(ENGINE / 'python_module.map')}",
                         *pkg_config("--libs")],
        py_limited_api=True,
    )],
    options={"bdist_wheel": {"py_limited_api": "cp310"}},
)
