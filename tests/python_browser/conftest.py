# SPDX-License-Identifier: MIT
"""The package for Python as it was built: build/python/site, or $CORS_PYTHON."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = (ROOT / os.environ.get("CORS_PYTHON", "build/python/site")).resolve()

assert (SITE / "libcors").is_dir(), f"{SITE} has no libcors: bindings/python/build builds it"
sys.path.insert(0, str(SITE))
