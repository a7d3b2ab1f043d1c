// SPDX-License-Identifier: MIT
// Calls the API from this page's origin and shows what the browser let script read.

const title = (text) => JSON.stringify({ title: text });
const json = { "Content-Type": "application/json" };

// What the demo's API has and the demo's policy says. The order matters: lists, then changes.
const demoCalls = [
  {
    name: "List the to-dos",
    why: "Allowed. X-Total-Count is exposed, X-Internal-Node is not.",
    path: "/api/todos",
  },
  {
    name: "Add one",
    why: "Content-Type: application/json needs a preflight, and is listed.",
    path: "/api/todos",
    init: { method: "POST", headers: json, body: title("Sent from another origin") },
  },
  {
    name: "Replace one",
    why: "PUT needs a preflight, and is listed.",
    path: "/api/todos/1",
    init: { method: "PUT", headers: json, body: title("Replaced") },
  },
  {
    name: "Change one with PATCH",
    why: "Blocked: the policy does not list PATCH, so the preflight is refused.",
    path: "/api/todos/1",
    init: { method: "PATCH", headers: json, body: title("Never arrives") },
  },
  {
    name: "Send a header that is not listed",
    why: "Blocked: the preflight asks for X-Secret, and the policy does not list it.",
    path: "/api/todos",
    init: { headers: { "X-Secret": "1" } },
  },
  {
    name: "Count visits in a cookie",
    why: "Credentials are allowed on this path for origins that are named.",
    path: "/api/visits",
    init: { credentials: "include" },
  },
  {
    name: "List with cookies",
    why: "Blocked: the policy of this path does not allow credentials.",
    path: "/api/todos",
    init: { credentials: "include" },
  },
  {
    name: "An error of the application",
    why: "A 500 is readable too: the gateway answers for CORS on every status.",
    path: "/api/broken",
  },
  {
    name: "The administrators' path",
    why: "Blocked: only https://admin.example.com may read this one.",
    path: "/api/admin/users",
  },
];

// For an API that is not the demo's, there is no telling what it has.
const anyCalls = [
  { name: "Get the root", why: "Whatever your policy says.", path: "/" },
  {
    name: "A preflight for PUT",
    why: "Whatever your policy says; nothing is changed if it is refused.",
    path: "/cors-demo-does-not-exist",
    init: { method: "PUT" },
  },
];

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function row(term, description) {
  return [element("dt", { textContent: term }), element("dd", {}, description)];
}

function code(text) {
  return element("code", { textContent: text });
}

// Sends a call. What a page can know of a blocked one is that fetch() failed, and no more.
async function send(url, init) {
  try {
    const response = await fetch(url, { cache: "no-store", ...init });
    const body = await response.text();
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    return { allowed: true, status: response.status, headers, body };
  } catch (error) {
    return { allowed: false, error: String(error) };
  }
}

function describeRequest(call) {
  const init = call.init ?? {};
  const parts = [init.method ?? "GET", call.path];
  if (init.credentials === "include") {
    parts.push("with cookies");
  }
  for (const [name, value] of Object.entries(init.headers ?? {})) {
    parts.push(`${name}: ${value}`);
  }
  return parts.join("  ");
}

function describeResult(result) {
  if (!result.allowed) {
    return row("Script sees", `${result.error} (the browser's console and the gateway's log say more)`);
  }
  const body = result.body.length > 300 ? `${result.body.slice(0, 300)}...` : result.body;
  return [
    ...row("Status", String(result.status)),
    ...row("Headers", result.headers.length > 0 ? code(result.headers.join("\n")) : "none"),
    ...row("Body", body === "" ? "none" : code(body)),
  ];
}

function showCall(item, call, result) {
  const verdict = result.allowed ? "Let through" : "Blocked";
  item.className = `call ${result.allowed ? "allowed" : "blocked"}`;
  item.replaceChildren(
    element("h3", {}, `${call.name}: `, element("span", { className: "verdict", textContent: verdict })),
    element(
      "dl",
      {},
      ...row("Request", code(describeRequest(call))),
      ...(call.why ? row("Listed origins", call.why) : []),
      ...describeResult(result),
    ),
  );
}

async function runAll(api, calls) {
  const list = document.querySelector("#calls");
  const summary = document.querySelector("#summary");
  const button = document.querySelector("#run-all");
  let allowed = 0;
  button.disabled = true;
  summary.textContent = "Calling...";
  list.replaceChildren();
  for (const call of calls) {
    const item = element("li", { className: "call", textContent: `${call.name}...` });
    list.append(item);
    const result = await send(api + call.path, call.init);
    allowed += result.allowed ? 1 : 0;
    showCall(item, call, result);
  }
  summary.textContent = `${allowed} let through, ${calls.length - allowed} blocked.`;
  button.disabled = false;
}

function readHeaders(text) {
  const lines = text.split("\n").map((line) => line.trim());
  return Object.fromEntries(
    lines
      .filter((line) => line.includes(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
}

async function sendOwn(api, form) {
  const data = new FormData(form);
  const call = {
    name: "Your call",
    path: data.get("path"),
    init: { method: data.get("method"), headers: readHeaders(data.get("headers")) },
  };
  if (data.get("body") !== "") {
    call.init.body = data.get("body");
  }
  if (data.get("credentials")) {
    call.init.credentials = "include";
  }
  const item = element("div");
  showCall(item, call, await send(api + call.path, call.init));
  document.querySelector("#own-result").replaceChildren(item);
}

// The same page on a name that the demo's policy does not list, and back.
function linkElsewhere() {
  const here = new URL(location.href);
  const listed = here.hostname === "localhost";
  here.hostname = listed ? "127.0.0.1" : "localhost";
  document
    .querySelector("#elsewhere")
    .append(
      listed ? "Open it on an origin that is not listed: " : "This origin is not listed. One that is: ",
      element("a", { href: here.href, textContent: here.origin }),
    );
}

const { api, demo } = await (await fetch("gateway.json")).json();
const calls = demo ? demoCalls : anyCalls;
document.querySelector("#page-origin").textContent = location.origin;
document.querySelector("#api-origin").textContent = api;
document.querySelector("#run-all").addEventListener("click", () => runAll(api, calls));
document.querySelector("#own").addEventListener("submit", (event) => {
  event.preventDefault();
  sendOwn(api, event.target);
});
if (demo) {
  linkElsewhere();
} else {
  document.querySelector("#own").elements.path.value = "/";
}
await runAll(api, calls);
