/* SPDX-License-Identifier: MIT */
/* The origin that each question asks about. Names are random, so that no answer is by accident. */
#include <cors/origin.h>

#include "audit_plan.h"
#include "text_slices.h"

/* Hosts where anyone can have a name, as their suffixes. */
#define VERCEL "vercel.app"
#define GITHUB "github.io"
#define NETLIFY "netlify.app"
#define PAGES "pages.dev"

static const cors_slice nothing = {"", 0};

/* What origins are made of: the trusted host, its domain, a random name. */
struct parts_of_origin {
    struct keep *keep;
    cors_slice scheme;
    cors_slice host;
    cors_slice port;
    cors_slice domain;
    cors_slice name;
};

static cors_slice own_form(const struct parts_of_origin *p, cors_slice host) {
    return audit_origin_format(p->keep, p->scheme, host, p->port);
}

/* "https://HEADnameTAIL" with the trusted origin's port. */
static cors_slice with_name(const struct parts_of_origin *p, const char *between, cors_slice tail) {
    return tail.size == 0 ? nothing
                          : own_form(p, keep_format(p->keep, "%.*s%s%.*s", SLICE_ARGUMENTS(p->name),
                                                    between, SLICE_ARGUMENTS(tail)));
}

/* "https://HOST<between>name.TAIL", on no port of its own. */
static cors_slice goes_on(const struct parts_of_origin *p, cors_slice host, const char *between,
                          const char *tail) {
    return host.size == 0 || host.data[0] == '['
               ? nothing
               : keep_format(p->keep, "%.*s://%.*s%s%.*s.%s", SLICE_ARGUMENTS(p->scheme),
                             SLICE_ARGUMENTS(host), between, SLICE_ARGUMENTS(p->name), tail);
}

/* "https://nameHOST.name.com" */
static cors_slice holds(const struct parts_of_origin *p, const char *between, cors_slice host) {
    return host.size == 0 || host.data[0] == '['
               ? nothing
               : keep_format(p->keep, "%.*s://%.*s%s%.*s.%.*s.com", SLICE_ARGUMENTS(p->scheme),
                             SLICE_ARGUMENTS(p->name), between, SLICE_ARGUMENTS(host),
                             SLICE_ARGUMENTS(p->name));
}

/* A site of a shared host: begins with the target's name, as a team's previews do. */
static cors_slice shared_site(const struct parts_of_origin *p, cors_slice label,
                              const char *shared) {
    return keep_format(p->keep, "https://%.*s-%.*s.%s", SLICE_ARGUMENTS(label),
                       SLICE_ARGUMENTS(p->name), shared);
}

/* One that a server names to whoever asks, if it is an origin and not just who asked. */
static cors_slice stated_origin(const struct audit *audit) {
    const enum audit_question asked[] = {AUDIT_ASK_NONE, AUDIT_ASK_RANDOM, AUDIT_ASK_OWN};
    cors_origin parsed;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        const struct audit_probe *probe = &audit->probes[asked[i]];
        cors_slice value = probe->facts.allow_origin;
        if (audit_known(audit, asked[i]) && probe->facts.allow_origin_lines == 1 &&
            cors_origin_parse(value, &parsed) && !parsed.opaque &&
            !text_same(value, probe->origin) && !text_same(value, audit->site.origin)) {
            return value;
        }
    }
    return nothing;
}

static cors_slice known_origin(const struct audit *audit) {
    struct audit_parts parts;
    cors_slice known = audit->target.known_origin;
    bool usable = audit_parts_read(known, &parts) && !text_same(known, audit->site.origin);
    return usable ? known : nothing;
}

/* Addresses that belong to whoever is on that network. RFC 1918. */
static cors_slice private_origin(struct audit *audit, const char *network, const char *tail) {
    unsigned number = audit_site_port(&audit->site);
    return keep_format(&audit->keep, "http://%s.%u.%u%s", network, number % 250 + 2,
                       (number >> 8) % 250 + 2, tail);
}

static cors_slice on_random_port(struct audit *audit, cors_slice scheme, cors_slice host) {
    return keep_format(&audit->keep, "%.*s://%.*s:%u", SLICE_ARGUMENTS(scheme),
                       SLICE_ARGUMENTS(host), audit_site_port(&audit->site));
}

static cors_slice below_domain(const struct parts_of_origin *p, const char *label) {
    return p->domain.size == 0
               ? nothing
               : own_form(p, keep_format(p->keep, "%s.%.*s", label, SLICE_ARGUMENTS(p->domain)));
}

/* The host is the domain itself: what differs from it only there asks nothing new. */
static bool is_apex(const struct parts_of_origin *p) {
    return text_same(p->host, p->domain);
}

static cors_slice without_dot(struct audit *audit, const struct parts_of_origin *p, size_t dot) {
    cors_slice host = nothing;
    if (!audit_host_is_address(p->host) && dot < audit_host_dots(p->host)) {
        host = audit_site_without_dot(&audit->site, p->host, dot);
    }
    return host.size == 0 ? nothing : own_form(p, host);
}

static cors_slice cut(struct audit *audit, const struct parts_of_origin *p) {
    cors_slice host =
        audit_host_is_address(p->host) ? nothing : audit_site_cut(&audit->site, p->host);
    return host.size == 0 ? nothing : own_form(p, host);
}

/* The base, or a random one, asks for a preflight; errors and caches are asked by the base. */
static cors_slice base_origin(const struct audit *audit) {
    enum audit_question base;
    return audit_base(audit, &base) ? audit->probes[base].origin : audit->site.origin;
}

/* The special characters that are tried one by one. */
static cors_slice special(const struct parts_of_origin *p, const char *character) {
    return goes_on(p, p->host, character, "com");
}

/* Look-alikes of the trusted origin. */
static cors_slice look_alike(struct audit *audit, const struct parts_of_origin *p,
                             enum audit_question question) {
    switch (question) {
    case AUDIT_ASK_COMBINED:
        return p->domain.size == 0
                   ? goes_on(p, p->host, ".", "com")
                   : own_form(p, keep_format(p->keep, "%.*s.%.*s%.*s", SLICE_ARGUMENTS(p->host),
                                             SLICE_ARGUMENTS(p->name), SLICE_ARGUMENTS(p->domain)));
    case AUDIT_ASK_INSECURE:
        return text_is(p->scheme, "https")
                   ? audit_origin_format(p->keep, CORS_SLICE("http"), p->host, p->port)
                   : nothing;
    case AUDIT_ASK_DOT:
    case AUDIT_ASK_DOT_1:
    case AUDIT_ASK_DOT_2:
    case AUDIT_ASK_DOT_3:
        return without_dot(audit, p, (size_t)(question - AUDIT_ASK_DOT));
    case AUDIT_ASK_SUFFIX:
        return with_name(p, "", p->domain);
    case AUDIT_ASK_PREFIX:
        return goes_on(p, p->host, "_.", PAGES);
    case AUDIT_ASK_APEX_PREFIX:
        return is_apex(p) && audit->probes[AUDIT_ASK_PREFIX].asked
                   ? nothing
                   : goes_on(p, p->domain, ".", "com");
    case AUDIT_ASK_PORT:
        return on_random_port(audit, p->scheme, p->host);
    case AUDIT_ASK_SPECIAL:
        return goes_on(p, p->host, "`", GITHUB);
    case AUDIT_ASK_UNDERSCORE:
        return special(p, "_");
    case AUDIT_ASK_SPECIAL_2:
        return special(p, "!");
    case AUDIT_ASK_SPECIAL_3:
        return special(p, "~");
    case AUDIT_ASK_SPECIAL_4:
        return special(p, "$");
    case AUDIT_ASK_SPECIAL_PLAIN:
        return special(p, "`");
    case AUDIT_ASK_CUT:
        return cut(audit, p);
    case AUDIT_ASK_PREFIX_PLAIN:
        return goes_on(p, audit_trusts(audit, AUDIT_ASK_APEX_PREFIX) ? p->domain : p->host, ".",
                       "com");
    case AUDIT_ASK_SUBSTRING_HOST:
        return is_apex(p) ? nothing : holds(p, "", p->host);
    case AUDIT_ASK_ANY_SCHEME:
        return audit_origin_format(p->keep, p->name, p->host, p->port);
    default:
        return nothing;
    }
}

/* "https://name.vercel.app" for a tenant of vercel.app; nothing below a top-level domain. */
static cors_slice neighbour(const struct parts_of_origin *p) {
    cors_slice suffix = text_skip(p->domain, text_find(p->domain, '.'));
    suffix = suffix.size > 0 ? text_skip(suffix, 1) : suffix;
    return audit_host_dots(suffix) == 0 ? nothing : with_name(p, ".", suffix);
}

/* Other names of the domain. */
static cors_slice relative(const struct parts_of_origin *p, enum audit_question question) {
    switch (question) {
    case AUDIT_ASK_NEIGHBOUR:
        return neighbour(p);
    case AUDIT_ASK_SUBDOMAIN:
        return with_name(p, ".", p->domain);
    case AUDIT_ASK_SUBDOMAIN_INSECURE:
        return p->domain.size == 0
                   ? nothing
                   : keep_format(p->keep, "http://%.*s.%.*s", SLICE_ARGUMENTS(p->name),
                                 SLICE_ARGUMENTS(p->domain));
    case AUDIT_ASK_SUBDOMAIN_BELOW:
        return is_apex(p) || p->domain.size == 0 ? nothing : with_name(p, ".", p->host);
    case AUDIT_ASK_APEX:
    case AUDIT_ASK_SUFFIX_APEX:
        return is_apex(p) || p->domain.size == 0 ? nothing : own_form(p, p->domain);
    case AUDIT_ASK_APP:
        return below_domain(p, "app");
    case AUDIT_ASK_WWW:
        return below_domain(p, "www");
    case AUDIT_ASK_SUBSTRING_DOMAIN:
        return holds(p, "", p->domain.size > 0 ? p->domain : p->host);
    case AUDIT_ASK_SUBSTRING_BELOW:
        return holds(p, ".", p->domain);
    default:
        return nothing;
    }
}

/* Origins that have nothing to do with the target. */
static cors_slice stranger(struct audit *audit, const struct parts_of_origin *p,
                           enum audit_question question) {
    switch (question) {
    case AUDIT_ASK_RANDOM:
        return shared_site(p, audit->site.label, VERCEL);
    case AUDIT_ASK_PLAIN:
    case AUDIT_ASK_PREFLIGHT_ANY:
    case AUDIT_ASK_CACHE_SECOND:
        return keep_format(p->keep, "https://%.*s.com", SLICE_ARGUMENTS(p->name));
    case AUDIT_ASK_NULL:
        return CORS_SLICE("null");
    case AUDIT_ASK_GITHUB:
        return keep_format(p->keep, "https://%.*s." GITHUB, SLICE_ARGUMENTS(p->name));
    case AUDIT_ASK_NETLIFY:
        return shared_site(p, audit->site.label, NETLIFY);
    case AUDIT_ASK_PAGES:
        return shared_site(p, audit->site.label, PAGES);
    case AUDIT_ASK_LOOPBACK:
        return CORS_SLICE("http://localhost:3000");
    case AUDIT_ASK_LOOPBACK_BARE:
        return CORS_SLICE("http://localhost");
    case AUDIT_ASK_LOOPBACK_PORT:
        return on_random_port(audit, CORS_SLICE("http"), CORS_SLICE("localhost"));
    case AUDIT_ASK_LOOPBACK_PREFIX:
        return keep_format(p->keep, "http://localhost.%.*s.com", SLICE_ARGUMENTS(p->name));
    case AUDIT_ASK_PRIVATE:
        return private_origin(audit, "192.168", "");
    case AUDIT_ASK_PRIVATE_TEN:
        return private_origin(audit, "10.0", ":3000");
    case AUDIT_ASK_PRIVATE_PREFIX:
        return private_origin(audit, audit_trusts(audit, AUDIT_ASK_PRIVATE) ? "192.168" : "10.0",
                              keep_format(p->keep, ".%.*s.com", SLICE_ARGUMENTS(p->name)).data);
    default:
        return nothing;
    }
}

cors_slice audit_question_origin(struct audit *audit, enum audit_question question) {
    struct audit_parts trusted = audit_trusted_parts(audit);
    const struct parts_of_origin p = {
        .keep = &audit->keep,
        .scheme = trusted.scheme,
        .host = trusted.host,
        .port = trusted.port,
        .domain = audit_site_domain(&audit->site, trusted.host),
        .name = audit_site_name(&audit->site),
    };
    switch (question) {
    case AUDIT_ASK_OWN:
        return audit->site.origin;
    case AUDIT_ASK_PORTLESS:
        return audit->site.port.size == 0 ? nothing
                                          : audit_origin_format(&audit->keep, audit->site.scheme,
                                                                audit->site.host, nothing);
    case AUDIT_ASK_KNOWN:
        return known_origin(audit);
    case AUDIT_ASK_STATED:
        return stated_origin(audit);
    case AUDIT_ASK_PREFLIGHT:
    case AUDIT_ASK_PREFLIGHT_BARE:
    case AUDIT_ASK_ERROR:
    case AUDIT_ASK_ERROR_PREFLIGHT:
    case AUDIT_ASK_CACHE_FIRST:
        return base_origin(audit);
    case AUDIT_ASK_BARE:
        return audit_reflects(audit) ? audit->probes[AUDIT_ASK_PLAIN].origin : base_origin(audit);
    default:
        break;
    }
    if (question == AUDIT_ASK_PREFLIGHT_OTHER) {
        cors_slice below = relative(&p, AUDIT_ASK_SUBDOMAIN_BELOW);
        return below.size > 0 ? below : stranger(audit, &p, AUDIT_ASK_GITHUB);
    }
    cors_slice origin = stranger(audit, &p, question);
    origin = origin.size > 0 ? origin : relative(&p, question);
    return origin.size > 0 ? origin : look_alike(audit, &p, question);
}
