# SPDX-License-Identifier: MIT
"""What several suites of tests stand on."""
