/* SPDX-License-Identifier: MIT */
/*
 * The header filter. It runs after add_header and after the application's lines, owns the field
 * lines that the decision speaks of, and adds to Vary without ever replacing it.
 */
#include "ngx_http_cors.h"

static ngx_http_output_header_filter_pt next_filter;

/* Most responses have an ETag, which is as long: the first letter tells them apart. */
static ngx_int_t is_vary(const ngx_table_elt_t *line) {
    static const ngx_str_t name = ngx_string("Vary");
    return line->key.len == name.len && ngx_tolower(line->key.data[0]) == 'v' &&
           ngx_strncasecmp(line->key.data, name.data, name.len) == 0;
}

/* A set of the decision's Vary names: bit n is the name n. */
static unsigned names_covered(cors_slice value, const cors_decision *decision) {
    unsigned covered = 0;
    for (size_t i = 0; i < decision->vary_count; i++) {
        covered |= cors_vary_covers(value, decision->vary[i]) ? 1U << i : 0;
    }
    return covered;
}

/*
 * Removes the lines that the decision owns from those that are going to be sent, and returns the
 * set of the decision's Vary names that stand there already.
 */
static unsigned claim_lines(ngx_http_request_t *r, const cors_decision *decision) {
    unsigned covered = 0;
    for (ngx_list_part_t *part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *lines = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (lines[i].hash == 0) {
                continue;
            }
            if (cors_header_is_owned(ngx_http_cors_slice(lines[i].key))) {
                lines[i].hash = 0;
            } else if (is_vary(&lines[i])) {
                covered |= names_covered(ngx_http_cors_slice(lines[i].value), decision);
            }
        }
    }
    return covered;
}

static ngx_int_t add_line(ngx_http_request_t *r, cors_slice name, cors_slice value) {
    ngx_table_elt_t *line = ngx_list_push(&r->headers_out.headers);
    if (line == NULL) {
        return NGX_ERROR;
    }
    ngx_memzero(line, sizeof *line);
    line->hash = 1;
    line->key.data = (u_char *)(uintptr_t)name.data;
    line->key.len = name.size;
    line->value.data = (u_char *)(uintptr_t)value.data;
    line->value.len = value.size;
    return NGX_OK;
}

static cors_slice join(ngx_http_request_t *r, const cors_slice *names, size_t count) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += names[i].size + 2;
    }
    u_char *text = ngx_pnalloc(r->pool, size);
    if (text == NULL) {
        return CORS_SLICE("");
    }
    u_char *at = text;
    for (size_t i = 0; i < count; i++) {
        at = i == 0 ? at : ngx_cpymem(at, ", ", 2);
        at = ngx_cpymem(at, names[i].data, names[i].size);
    }
    return (cors_slice){(const char *)text, (size_t)(at - text)};
}

/* The names as one text. Those of the engine stand in one already, ", " between them. */
static cors_slice joined(ngx_http_request_t *r, const cors_slice *names, size_t count) {
    cors_slice text = names[0];
    for (size_t i = 1; i < count; i++) {
        if (names[i].data != text.data + text.size + 2) {
            return join(r, names, count);
        }
        text.size += 2 + names[i].size;
    }
    return text;
}

/* Adds a Vary line of the decision's names that are not in the set. */
static ngx_int_t add_vary(ngx_http_request_t *r, const cors_decision *decision, unsigned covered) {
    cors_slice names[CORS_DECISION_VARY_MAX];
    const cors_slice *missing = decision->vary;
    size_t count = decision->vary_count;
    if (covered != 0) {
        missing = names;
        count = 0;
        for (size_t i = 0; i < decision->vary_count; i++) {
            if ((covered >> i & 1) == 0) {
                names[count++] = decision->vary[i];
            }
        }
    }
    if (count == 0) {
        return NGX_OK;
    }
    cors_slice value = joined(r, missing, count);
    return value.size == 0 ? NGX_ERROR : add_line(r, CORS_SLICE("Vary"), value);
}

/*
 * Whether what the application sent is no HTTP. nginx takes that for HTTP/0.9, and would pass it on
 * without a head, on a connection that stays open: a client would read its bytes as an answer of
 * their own, with all the lines that they hold.
 */
static bool is_no_http(const ngx_http_request_t *r) {
    return r->upstream != NULL && r->http_version == NGX_HTTP_VERSION_9 &&
           r->http_protocol.len >= sizeof "HTTP/1.1" - 1;
}

/*
 * Whether nginx asked the application for another protocol, once it has answered with one. nginx
 * takes it as asked for if the client did, also where it kept that to itself.
 */
static bool asked_for_protocol(const ngx_http_upstream_t *upstream) {
    static u_char line[] = CRLF "Upgrade:";
    static char end_of_head[] = CRLF CRLF;
    const ngx_buf_t *request = upstream->request_bufs->buf;
    size_t size = (size_t)(request->last - request->start);
    u_char *end = ngx_strnstr(request->start, end_of_head, size);
    return end != NULL && ngx_strlcasestrn(request->start, end, line, sizeof line - 2) != NULL;
}

/*
 * Whether the application's answer is one that only announces another, such as 103. nginx takes it
 * for the whole, and would pass on what follows as it comes: a client would read the answer proper
 * from that, with all the lines that the application wrote. 101 is the end of HTTP if it was asked
 * for.
 */
static bool is_announcement(const ngx_http_request_t *r) {
    const ngx_http_upstream_t *upstream = r->upstream;
    return upstream != NULL && r->headers_out.status < NGX_HTTP_OK &&
           !(upstream->upgrade && asked_for_protocol(upstream));
}

/* Has nginx answer 502 instead, without the lines that were there by now. */
static ngx_int_t refuse(ngx_http_request_t *r) {
    ngx_http_clean_header(r);
    return NGX_HTTP_BAD_GATEWAY;
}

/* The head is to be one that a client of this version understands. */
static ngx_int_t refuse_no_http(ngx_http_request_t *r) {
    const u_char *version = r->http_protocol.data + sizeof "HTTP/" - 1;
    r->http_version = (ngx_uint_t)(version[0] - '0') * 1000 + (ngx_uint_t)(version[2] - '0');
    return refuse(r);
}

static ngx_int_t refuse_announcement(ngx_http_request_t *r) {
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  r->headers_out.status < NGX_HTTP_CONTINUE
                      ? "cors: the application answers with %03ui, which is no status"
                      : "cors: the application announces its answer by status %ui, which nginx "
                        "cannot pass on",
                  r->headers_out.status);
    return refuse(r);
}

static ngx_int_t header_filter(ngx_http_request_t *r) {
    const cors_decision *decision = NULL;
    ngx_int_t result = r == r->main ? ngx_http_cors_decide(r, &decision) : NGX_DECLINED;
    if (result == NGX_ERROR) {
        return NGX_ERROR;
    }
    if (result == NGX_OK && is_no_http(r)) {
        return refuse_no_http(r);
    }
    if (result == NGX_OK && is_announcement(r)) {
        return refuse_announcement(r);
    }
    if (result == NGX_DECLINED || decision->kind == CORS_KIND_NO_POLICY) {
        return next_filter(r);
    }
    unsigned covered = claim_lines(r, decision);
    for (size_t i = 0; i < decision->field_count; i++) {
        if (add_line(r, decision->fields[i].name, decision->fields[i].value) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    if (add_vary(r, decision, covered) != NGX_OK) {
        return NGX_ERROR;
    }
    return next_filter(r);
}

void ngx_http_cors_filter_init(void) {
    next_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
}
