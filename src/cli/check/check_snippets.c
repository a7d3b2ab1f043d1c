/* SPDX-License-Identifier: MIT */
#include "check_snippets.h"

#include <stddef.h>
#include <string.h>

static const struct snippet_line nginx_lines[] = {
    {WHEN_ALWAYS, "# In http { }, once:"},
    {WHEN_ALWAYS, "map $http_origin $cors_origin {"},
    {WHEN_ALWAYS, "    \"@ORIGIN@\" $http_origin;"},
    {WHEN_ALWAYS, "}"},
    {WHEN_ALWAYS, ""},
    {WHEN_REDIRECT, "# Above the `return` or `rewrite` that redirects:"},
    {WHEN_ALWAYS, "location @PATH@ {"},
    {WHEN_PREFLIGHT, "    # Before authentication, which preflights cannot pass."},
    {WHEN_PREFLIGHT, "    if ($request_method = OPTIONS) {"},
    {WHEN_PREFLIGHT, "        add_header @ACAO@ $cors_origin always;"},
    {WHEN_PREFLIGHT_CREDENTIALS, "        add_header @ACAC@ true always;"},
    {WHEN_METHODS, "        add_header @ACAM@ \"@METHODS@\" always;"},
    {WHEN_HEADERS, "        add_header @ACAH@ \"@HEADERS@\" always;"},
    {WHEN_PREFLIGHT, "        add_header @ACMA@ 600 always;"},
    {WHEN_PREFLIGHT, "        add_header Vary Origin always;"},
    {WHEN_PREFLIGHT, "        return 204;"},
    {WHEN_PREFLIGHT, "    }"},
    {WHEN_TWICE, "    proxy_hide_header @ACAO@;  # the application sends it too"},
    {WHEN_ALWAYS, "    # `always`: on errors too, or they look like CORS failures."},
    {WHEN_ALWAYS, "    add_header @ACAO@ $cors_origin always;"},
    {WHEN_CREDENTIALS, "    add_header @ACAC@ true always;"},
    {WHEN_ALWAYS, "    add_header Vary Origin always;"},
    {WHEN_ALWAYS, "    # ... what this location does already: proxy_pass, auth_basic, ..."},
    {WHEN_ALWAYS, "}"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line module_lines[] = {
    {WHEN_ALWAYS, "location @PATH@ {"},
    {WHEN_ALWAYS, "    cors_allow_origins @ORIGIN@;"},
    {WHEN_METHODS, "    cors_allow_methods @SPACED_METHODS@;"},
    {WHEN_HEADERS, "    cors_allow_headers @SPACED_HEADERS@;"},
    {WHEN_CREDENTIALS, "    cors_allow_credentials on;"},
    {WHEN_PREFLIGHT, "    cors_max_age 10m;"},
    {WHEN_LOOPBACK_RISK, "    cors_accept_risks loopback-in-production;  # for development only"},
    {WHEN_INSECURE_RISK,
     "    cors_accept_risks insecure-origin-with-credentials;  # better: https"},
    {WHEN_NULL_RISK, "    cors_accept_risks null-origin;  # any sandboxed page has this origin"},
    {WHEN_ALWAYS, "    # ... what this location does already"},
    {WHEN_ALWAYS, "}"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line apache_lines[] = {
    {WHEN_ALWAYS, "# In the <VirtualHost>, after: a2enmod headers rewrite setenvif"},
    {WHEN_ALWAYS, "SetEnvIf Origin \"^@ORIGIN_PATTERN@$\" CORS_ORIGIN=$0"},
    {WHEN_ALWAYS, "Header onsuccess unset @ACAO@"},
    {WHEN_ALWAYS, "Header always set @ACAO@ \"%{CORS_ORIGIN}e\" env=CORS_ORIGIN"},
    {WHEN_CREDENTIALS, "Header onsuccess unset @ACAC@"},
    {WHEN_CREDENTIALS, "Header always set @ACAC@ \"true\" env=CORS_ORIGIN"},
    {WHEN_METHODS, "Header always set @ACAM@ \"@METHODS@\" env=CORS_ORIGIN"},
    {WHEN_HEADERS, "Header always set @ACAH@ \"@HEADERS@\" env=CORS_ORIGIN"},
    {WHEN_PREFLIGHT, "Header always set @ACMA@ \"600\" env=CORS_ORIGIN"},
    {WHEN_ALWAYS, "Header always merge Vary \"Origin\""},
    {WHEN_PREFLIGHT, "# Preflights, before authentication and other rewriting:"},
    {WHEN_PREFLIGHT, "RewriteEngine On"},
    {WHEN_PREFLIGHT, "RewriteCond %{REQUEST_METHOD} =OPTIONS"},
    {WHEN_PREFLIGHT, "RewriteCond %{HTTP:@ACRM@} ."},
    {WHEN_PREFLIGHT, "RewriteRule ^ - [R=204,L]"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line express_lines[] = {
    {WHEN_ALWAYS, "const cors = require('cors');  // npm install cors"},
    {WHEN_ALWAYS, ""},
    {WHEN_ALWAYS, "// Before authentication and all routes:"},
    {WHEN_ALWAYS, "app.use(cors({"},
    {WHEN_ALWAYS, "  origin: ['@ORIGIN@'],"},
    {WHEN_METHODS, "  methods: [@'ALL_METHODS@],"},
    {WHEN_HEADERS, "  allowedHeaders: [@'HEADERS@],"},
    {WHEN_CREDENTIALS, "  credentials: true,"},
    {WHEN_PREFLIGHT, "  maxAge: 600,"},
    {WHEN_ALWAYS, "}));"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line flask_lines[] = {
    {WHEN_ALWAYS, "from flask_cors import CORS  # pip install flask-cors"},
    {WHEN_ALWAYS, ""},
    {WHEN_LOGIN, "# A before_request that checks logins must let OPTIONS pass:"},
    {WHEN_LOGIN, "#     if request.method == \"OPTIONS\": return None"},
    {WHEN_ALWAYS, "CORS("},
    {WHEN_ALWAYS, "    app,"},
    {WHEN_ALWAYS, "    origins=[\"@ORIGIN@\"],"},
    {WHEN_METHODS, "    methods=[@\"ALL_METHODS@],"},
    {WHEN_HEADERS, "    allow_headers=[@\"HEADERS@],"},
    {WHEN_CREDENTIALS, "    supports_credentials=True,"},
    {WHEN_PREFLIGHT, "    max_age=600,"},
    {WHEN_ALWAYS, ")"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line fastapi_lines[] = {
    {WHEN_ALWAYS, "from starlette.middleware.cors import CORSMiddleware"},
    {WHEN_ALWAYS, ""},
    {WHEN_ALWAYS,
     "# Around the whole application, as the last line: with app.add_middleware() a 500"},
    {WHEN_ALWAYS, "# would go out without these headers."},
    {WHEN_ALWAYS, "app = CORSMiddleware("},
    {WHEN_ALWAYS, "    app,"},
    {WHEN_ALWAYS, "    allow_origins=[\"@ORIGIN@\"],"},
    {WHEN_PREFLIGHT, "    allow_methods=[@\"ALL_METHODS@],"},
    {WHEN_HEADERS, "    allow_headers=[@\"HEADERS@],"},
    {WHEN_CREDENTIALS, "    allow_credentials=True,"},
    {WHEN_PREFLIGHT, "    max_age=600,"},
    {WHEN_ALWAYS, ")"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line django_lines[] = {
    {WHEN_ALWAYS, "# settings.py, after: pip install django-cors-headers"},
    {WHEN_HEADERS, "from corsheaders.defaults import default_headers"},
    {WHEN_ALWAYS, ""},
    {WHEN_ALWAYS, "INSTALLED_APPS = [*INSTALLED_APPS, \"corsheaders\"]"},
    {WHEN_ALWAYS, "MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", *MIDDLEWARE]"},
    {WHEN_ALWAYS, "CORS_ALLOWED_ORIGINS = [\"@ORIGIN@\"]"},
    {WHEN_METHODS, "CORS_ALLOW_METHODS = [@\"ALL_METHODS@]"},
    {WHEN_HEADERS, "CORS_ALLOW_HEADERS = [*default_headers, @\"HEADERS@]"},
    {WHEN_CREDENTIALS, "CORS_ALLOW_CREDENTIALS = True"},
    {WHEN_REDIRECT,
     "# The middleware stands first, so preflights are not redirected by CommonMiddleware."},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line spring_lines[] = {
    {WHEN_ALWAYS, "@Bean"},
    {WHEN_ALWAYS, "CorsConfigurationSource corsConfigurationSource() {"},
    {WHEN_ALWAYS, "    CorsConfiguration cors = new CorsConfiguration();"},
    {WHEN_ALWAYS, "    cors.setAllowedOrigins(List.of(\"@ORIGIN@\"));"},
    {WHEN_ALWAYS, "    cors.setAllowedMethods(List.of(@\"ALL_METHODS@));"},
    {WHEN_HEADERS, "    cors.setAllowedHeaders(List.of(@\"HEADERS@));"},
    {WHEN_CREDENTIALS, "    cors.setAllowCredentials(true);"},
    {WHEN_PREFLIGHT, "    cors.setMaxAge(600L);"},
    {WHEN_ALWAYS,
     "    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();"},
    {WHEN_ALWAYS, "    source.registerCorsConfiguration(\"/**\", cors);"},
    {WHEN_ALWAYS, "    return source;"},
    {WHEN_ALWAYS, "}"},
    {WHEN_ALWAYS, ""},
    {WHEN_ALWAYS, "// In the SecurityFilterChain, so that preflights come before the login:"},
    {WHEN_ALWAYS, "http.cors(Customizer.withDefaults());"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line caddy_lines[] = {
    {WHEN_PREFLIGHT, "@preflight {"},
    {WHEN_PREFLIGHT, "    method OPTIONS"},
    {WHEN_PREFLIGHT, "    header Origin @ORIGIN@"},
    {WHEN_PREFLIGHT, "    header @ACRM@ *"},
    {WHEN_PREFLIGHT, "}"},
    {WHEN_PREFLIGHT, "handle @preflight {"},
    {WHEN_METHODS, "    header @ACAM@ \"@METHODS@\""},
    {WHEN_HEADERS, "    header @ACAH@ \"@HEADERS@\""},
    {WHEN_PREFLIGHT, "    header @ACMA@ 600"},
    {WHEN_PREFLIGHT, "    respond 204"},
    {WHEN_PREFLIGHT, "}"},
    {WHEN_ALWAYS, "@cors header Origin @ORIGIN@"},
    {WHEN_ALWAYS, "header @cors {"},
    {WHEN_ALWAYS, "    @ACAO@ @ORIGIN@"},
    {WHEN_CREDENTIALS, "    @ACAC@ true"},
    {WHEN_ALWAYS, "    defer  # in place of what the application sends"},
    {WHEN_ALWAYS, "}"},
    {WHEN_ALWAYS, "header +Vary Origin"},
    {WHEN_ALWAYS, "handle_errors {"},
    {WHEN_ALWAYS, "    header @cors @ACAO@ @ORIGIN@"},
    {WHEN_CREDENTIALS, "    header @cors @ACAC@ true"},
    {WHEN_ALWAYS, "    header +Vary Origin"},
    {WHEN_ALWAYS, "}"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line go_lines[] = {
    {WHEN_ALWAYS, "// import \"github.com/rs/cors\"; around everything, logins included:"},
    {WHEN_ALWAYS, "handler := cors.New(cors.Options{"},
    {WHEN_ALWAYS, "\tAllowedOrigins: []string{\"@ORIGIN@\"},"},
    {WHEN_METHODS, "\tAllowedMethods: []string{@\"ALL_METHODS@},"},
    {WHEN_HEADERS, "\tAllowedHeaders: []string{@\"HEADERS@},"},
    {WHEN_CREDENTIALS, "\tAllowCredentials: true,"},
    {WHEN_PREFLIGHT, "\tMaxAge: 600,"},
    {WHEN_ALWAYS, "}).Handler(mux)"},
    {WHEN_ALWAYS, "http.ListenAndServe(\":8080\", handler)"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line iis_lines[] = {
    {WHEN_ALWAYS, "<!-- web.config, with the IIS CORS Module installed -->"},
    {WHEN_ALWAYS, "<configuration><system.webServer>"},
    {WHEN_ALWAYS, "  <cors enabled=\"true\" failUnlistedOrigins=\"true\">"},
    {WHEN_ALWAYS,
     "    <add origin=\"@ORIGIN@\" allowCredentials=\"@CREDENTIALS@\" maxAge=\"600\">"},
    {WHEN_HEADERS, "      <allowHeaders>"},
    {WHEN_EACH_HEADER, "        <add header=\"@HEADER@\" />"},
    {WHEN_HEADERS, "      </allowHeaders>"},
    {WHEN_METHODS, "      <allowMethods>"},
    {WHEN_EACH_METHOD, "        <add method=\"@METHOD@\" />"},
    {WHEN_METHODS, "      </allowMethods>"},
    {WHEN_ALWAYS, "    </add>"},
    {WHEN_ALWAYS, "  </cors>"},
    {WHEN_ALWAYS, "</system.webServer></configuration>"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet_line generic_lines[] = {
    {WHEN_PREFLIGHT, "To OPTIONS requests, before login, routing and redirects:"},
    {WHEN_PREFLIGHT, "  HTTP/1.1 204 No Content"},
    {WHEN_PREFLIGHT, "  @ACAO@: @ORIGIN@"},
    {WHEN_PREFLIGHT_CREDENTIALS, "  @ACAC@: true"},
    {WHEN_METHODS, "  @ACAM@: @METHODS@"},
    {WHEN_HEADERS, "  @ACAH@: @HEADERS@"},
    {WHEN_PREFLIGHT, "  @ACMA@: 600"},
    {WHEN_PREFLIGHT, "  Vary: Origin"},
    {WHEN_PREFLIGHT, ""},
    {WHEN_ALWAYS, "On every other answer, errors and redirects too, once:"},
    {WHEN_ALWAYS, "  @ACAO@: @ORIGIN@"},
    {WHEN_CREDENTIALS, "  @ACAC@: true"},
    {WHEN_ALWAYS, "  Vary: Origin"},
    {WHEN_ALWAYS, NULL},
};

static const struct snippet snippets[] = {
    {"nginx", "nginx.conf", nginx_lines},
    {"nginx-module", "nginx.conf, with the cors module that runs there", module_lines},
    {"apache", "Apache's configuration", apache_lines},
    {"express", "the Express application", express_lines},
    {"flask", "the Flask application", flask_lines},
    {"fastapi", "the FastAPI application", fastapi_lines},
    {"django", "Django's settings", django_lines},
    {"spring", "the Spring application", spring_lines},
    {"caddy", "the site's block in the Caddyfile", caddy_lines},
    {"go", "the Go program", go_lines},
    {"iis", "web.config of IIS", iis_lines},
    {"generic", "the server, whatever it is: these are the lines to send", generic_lines},
};

const struct snippet *check_snippet_find(const char *server) {
    size_t count = sizeof snippets / sizeof snippets[0];
    for (size_t i = 0; i < count; i++) {
        if (strcmp(snippets[i].server, server) == 0) {
            return &snippets[i];
        }
    }
    return &snippets[count - 1];
}
