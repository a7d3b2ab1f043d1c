# SPDX-License-Identifier: MIT
"""libcors as it was built."""

from __future__ import annotations

from tests.support import python_package

python_package.use()
