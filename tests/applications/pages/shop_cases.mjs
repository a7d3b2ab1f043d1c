// SPDX-License-Identifier: MIT
//
// What a page does with the API of a shop, case by case, and what script got to see of it.
//
// The page's query says where the API is (`api`), what the page is called (`page`), and which
// ten posts are its own to change (`slot`). What was seen goes to /collector/report, whose answer names the
// next page of this browser, or "". Every request is told apart by its query, `case` and `page`.

const settings = new URLSearchParams(location.search);
const api = settings.get("api");
const slot = Number(settings.get("slot"));
// A case that hangs is told as such.
const CASE_MILLISECONDS = 20000;

let running = "";

function address(path) {
  const join = path.includes("?") ? "&" : "?";
  return `${api}${path}${join}case=${running}&page=${settings.get("page")}`;
}

// This page's own post to change; `number` is 1 to 10.
function own(number) {
  return `/posts/${slot * 10 + number}`;
}

async function ask(path, options = {}) {
  return fetch(address(path), options);
}

function withJson(method, body, more = {}) {
  const headers = { "Content-Type": "application/json" };
  return { method, headers, body: JSON.stringify(body), ...more };
}

function withForm(fields, more = {}) {
  return { method: "POST", body: new URLSearchParams(fields), ...more };
}

async function status(path, options) {
  return String((await ask(path, options)).status);
}

async function statusAnd(key, path, options) {
  const response = await ask(path, options);
  return `${response.status} ${(await response.json())[key]}`;
}

function readable(response, name) {
  return `${name} ${response.headers.get(name) === null ? "hidden" : "readable"}`;
}

// Each way to be refused that a browser knows comes out as a rejected promise.
function addElement(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", () => resolve("loaded"));
    element.addEventListener("error", () => reject(new TypeError("error event")));
    document.body.append(element);
  });
}

function addScript(path, crossOrigin) {
  const script = document.createElement("script");
  script.crossOrigin = crossOrigin;
  script.src = address(path);
  return addElement(script);
}

async function widget(path, crossOrigin) {
  const before = window.widgetsRun || 0;
  await addScript(path, crossOrigin);
  return window.widgetsRun === before + 1 ? "ran" : "did not run";
}

// What the page is told of a script that throws.
async function fault(path) {
  let told = "nothing";
  const listen = (event) => {
    told = event.message.includes("the widget broke") ? "the error" : event.message;
    event.preventDefault();
  };
  window.addEventListener("error", listen);
  try {
    await addScript(path, "anonymous");
    return told;
  } finally {
    window.removeEventListener("error", listen);
  }
}

async function sheetFont() {
  const style = document.createElement("style");
  const source = address("/assets/probe.ttf");
  style.textContent = `@font-face { font-family: Sheet; src: url("${source}"); }`;
  document.head.append(style);
  const faces = await document.fonts.load("16px Sheet");
  if (faces.length !== 1 || faces[0].status !== "loaded") {
    throw new TypeError("the font is not there");
  }
  return "loaded";
}

async function xhr(path, withCredentials) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.withCredentials = withCredentials;
    request.open("GET", address(path));
    request.onload = () => {
      const names = request.getAllResponseHeaders().toLowerCase();
      const total = names.includes("x-total-count") ? "readable" : "hidden";
      const link = names.includes("\nlink:") || names.startsWith("link:") ? "readable" : "hidden";
      resolve(`${request.status} X-Total-Count ${total}, Link ${link}`);
    };
    request.onerror = () => reject(new TypeError("error event"));
    request.send();
  });
}

// A plain HTML form, shown in a frame: the page learns only that it was sent.
async function form(path, fields) {
  const frame = document.createElement("iframe");
  frame.name = `answer to ${running}`;
  document.body.append(frame);
  const sender = document.createElement("form");
  sender.method = "post";
  sender.action = address(path);
  sender.target = frame.name;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.name = name;
    input.value = value;
    sender.append(input);
  }
  document.body.append(sender);
  const answered = new Promise((resolve) => frame.addEventListener("load", resolve));
  sender.submit();
  await answered;
  return "sent";
}

const credentials = "include";
const cases = {
  "list": async () => {
    const posts = await (await ask("/posts?_sort=id&_limit=3")).json();
    return posts.map((post) => post.id).join(" ");
  },
  "read": () => statusAnd("title", "/posts/10"),
  "head": () => status("/posts/10", { method: "HEAD" }),
  "exposed-header": async () => {
    const response = await ask("/comments?_page=1&_limit=2");
    return `X-Total-Count ${response.headers.get("X-Total-Count")}, ${readable(response, "Link")}`;
  },
  "xhr": () => xhr("/comments?_page=1&_limit=2", false),
  "create": async () => {
    const response = await ask("/posts", withJson("POST", { title: "created" }));
    return `${response.status} ${(await response.json()).title}, ${readable(response, "Location")}`;
  },
  "replace": () => statusAnd("title", own(1), withJson("PUT", { title: "replaced" })),
  "patch": () => statusAnd("title", own(2), withJson("PATCH", { title: "patched" })),
  "delete": () => status(own(3), { method: "DELETE" }),
  "method-unlisted": () =>
    status("/comments/1", { ...withForm({ text: "comment 1" }), method: "PATCH" }),
  "header-listed": () => status("/posts/10", { headers: { "X-Client": "shop" } }),
  "header-unlisted": () => status("/posts/10", { headers: { "X-Other": "shop" } }),
  "simple-post": () => statusAnd("title", "/posts", withForm({ title: "simple" })),
  "no-cors-post": async () =>
    (await ask("/posts", withForm({ title: "unread" }, { mode: "no-cors" }))).type,
  "form-post": () => form("/posts", { title: "form" }),
  "missing": () => status("/posts/9999"),
  "server-error": async () => {
    const response = await ask("/posts", withJson("POST", { id: 10, title: "twice" }));
    return `${response.status} ${(await response.text()).split("\n")[0]}`;
  },
  "revalidated": async () => {
    const first = await ask("/posts/10", { cache: "no-cache" });
    await first.text();
    return `${first.status} ${await status("/posts/10", { cache: "no-cache" })}`;
  },
  "account-logged-out": () => statusAnd("error", "/accounts/1", { credentials: "omit" }),
  "login": () => status("/session", { method: "POST", credentials }),
  "account": () => statusAnd("name", "/accounts/1", { credentials }),
  "account-without-cookie": () => statusAnd("error", "/accounts/1", { credentials: "omit" }),
  "account-patch": () =>
    statusAnd("name", "/accounts/1", withJson("PATCH", { name: "Ada" }, { credentials })),
  "account-simple-post": () =>
    statusAnd("name", "/accounts", withForm({ name: "Eve" }, { credentials })),
  "account-form-post": () => form("/accounts", { name: "Mallory" }),
  "credentials-unlisted": () => status("/posts/10", { credentials }),
  "public": () => statusAnd("name", "/catalog/1"),
  "public-with-credentials": () => status("/catalog/1", { credentials }),
  "no-policy": () => statusAnd("name", "/profile"),
  "font-script": async () => {
    const source = `url("${address("/assets/probe.ttf")}")`;
    return (await new FontFace("Script", source).load()).status;
  },
  "font-style": sheetFont,
  "widget": () => widget("/assets/widget.js", "anonymous"),
  "widget-error": () => fault("/assets/broken_widget.js"),
  "widget-module": async () => (await import(address("/assets/widget_module.mjs"))).name,
  "widget-with-credentials": () => widget("/members/widget.js", "use-credentials"),
  "widget-credentials-unlisted": () => widget("/assets/widget.js", "use-credentials"),
  "widget-without-cors": () => widget("/assets/widget.js", null),
};

function late() {
  return new Promise((resolve) => setTimeout(() => resolve("hung"), CASE_MILLISECONDS));
}

// fetch() rejects with a TypeError, FontFace with a NetworkError; anything else is a fault here.
async function attempt(play) {
  try {
    return await Promise.race([play(), late()]);
  } catch (error) {
    const refusal = error instanceof TypeError || error.name === "NetworkError";
    return refusal ? "blocked" : `fault: ${error}`;
  }
}

const seen = {};
for (const [name, play] of Object.entries(cases)) {
  running = name;
  seen[name] = await attempt(play);
  document.getElementById("seen").textContent += `${name}: ${seen[name]}\n`;
}
const report = { page: settings.get("page"), agent: navigator.userAgent, seen };
const answer = await fetch("/collector/report", { method: "POST", body: JSON.stringify(report) });
const next = await answer.text();
if (next !== "") {
  location.replace(next);
}
