// SPDX-License-Identifier: MIT
//
// A middleware for json-server, as its README shows them: POST /session logs in with a cookie,
// and /accounts wants that cookie.
"use strict";

const COOKIE = "session=ada";

function loggedIn(request) {
  return (request.headers.cookie || "").split("; ").includes(COOKIE);
}

module.exports = (request, response, next) => {
  if (request.path === "/session" && request.method === "POST") {
    response.setHeader("Set-Cookie", `${COOKIE}; HttpOnly; SameSite=Lax; Path=/`);
    response.status(204).end();
  } else if (request.path.startsWith("/accounts") && !loggedIn(request)) {
    response.status(401).json({ error: "log in first" });
  } else {
    next();
  }
};
