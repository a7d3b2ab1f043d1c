// SPDX-License-Identifier: MIT
// Policies to start from.

/**
 * @typedef {{
 *   name: string, policy: string, environment?: string,
 *   variables?: import('./policy_state.js').Named[], files?: import('./policy_state.js').Named[],
 * }} PolicyExample
 */

/** @type {readonly [PolicyExample, ...PolicyExample[]]} */
export const policyExamples = [
    {
        name: 'One application, with cookies',
        policy: `policies:
  - path: /api/*
    allow_origins:
      - https://app.example.com
    allow_methods: [PUT, PATCH, DELETE]
    allow_headers: [Authorization, Content-Type]
    expose_headers: [X-Request-Id]
    allow_credentials: true
    max_age: 10m
`,
    },
    {
        name: 'A public API',
        policy: `# Anybody's page may read it, without cookies.
policies:
  - path: /v1/*
    allow_origins: ["*"]
    allow_headers: [Content-Type]
    expose_headers: [X-Request-Id, ETag]
    max_age: 2h
`,
    },
    {
        name: 'Tenants, with wildcards and a list',
        policy: `policies:
  - path: /api/*
    allow_origins:
      - "https://{label}.shop.example"      # exactly one label
      - https://pr-*.preview.shop.example   # within a label
      - https://*.partner.example           # one label or more
      - { from_file: tenants.txt }
    allow_methods: [PUT, DELETE]
    allow_headers: [Content-Type]
    allow_credentials: true
    max_age: 10m
`,
        files: [{
            name: 'tenants.txt',
            value: `# domains of their own
https://orders.florist.example
https://www.baker.example
`,
        }],
    },
    {
        name: 'Development and production',
        policy: `policies:
  - path: /api/*
    allow_origins:
      - https://app.example.com
      - { origin: "http://localhost:*", environment: development }
      - { from_env: ALLOWED_ORIGINS }
    allow_methods: [PUT, PATCH, DELETE]
    allow_headers: [Authorization, Content-Type]
    allow_credentials: true
    max_age: 10m
  - path: /health
    allow_origins: ["*"]
`,
        environment: 'development',
        variables: [{name: 'ALLOWED_ORIGINS', value: 'https://staging.example.com'}],
    },
    {
        name: 'Refused: * with credentials',
        policy: `policies:
  - allow_origins: ["*"]
    allow_credentials: true
`,
    },
    {
        name: 'Refused: a public suffix, and more',
        policy: `policies:
  - path: /api/*
    allow_origins:
      - https://*.github.io
      - https://app.example.com/
      - https://shop.example.com:443
      - http://shop.example.com
      - null
    allow_methods: [patch, Delete, TRACE]
    allow_header: [Content-Type]
    allow_credentials: yes
    max_age: 10 minutes
`,
    },
];
