# SPDX-License-Identifier: MIT
"""Makes `import libcors` that of this tree."""
from tests.support import python_package

python_package.use()
