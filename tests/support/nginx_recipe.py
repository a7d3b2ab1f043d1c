# SPDX-License-Identifier: MIT
"""One CORS policy for nginx twice: as the recipe that people paste, and as the module's lines.

The recipe's lines for preflights and for other requests are those of the usual answers; its origins
are picked by a map, which goes into http {}.
"""

from __future__ import annotations

ORIGINS = [f"https://tenant-{number}.example.com" for number in range(10)]
ORIGIN = ORIGINS[7]
METHODS = ["PUT", "PATCH", "DELETE"]
HEADERS = ["Authorization", "Content-Type"]
MAX_AGE = 600

RECIPE_HTTP = """
    map $http_origin $cors_origin {
        default "";
%s
    }
""" % "\n".join(f'        "{origin}" $http_origin;' for origin in ORIGINS)

RECIPE = f"""
            if ($request_method = OPTIONS) {{
                add_header Access-Control-Allow-Origin $cors_origin always;
                add_header Access-Control-Allow-Methods "{', '.join(METHODS)}" always;
                add_header Access-Control-Allow-Headers "{', '.join(HEADERS)}" always;
                add_header Access-Control-Max-Age {MAX_AGE} always;
                add_header Vary Origin always;
                return 204;
            }}
            add_header Access-Control-Allow-Origin $cors_origin always;
            add_header Vary Origin always;
"""

MODULE = f"""
            cors_allow_origins {' '.join(ORIGINS)};
            cors_allow_methods {' '.join(METHODS)};
            cors_allow_headers {' '.join(HEADERS)};
            cors_max_age {MAX_AGE};
"""
