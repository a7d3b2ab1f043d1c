# SPDX-License-Identifier: MIT
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "runtime_worker.mjs", esModule = embed "runtime_worker.mjs"),
    (name = "runtime_handler.mjs", esModule = embed "runtime_handler.mjs"),
    (name = "libcors/fetch", esModule = embed "node_modules/libcors/libcors_fetch.js"),
    (name = "libcors/libcors.wasm", wasm = embed "node_modules/libcors/libcors.wasm"),
  ],
  compatibilityDate = "2025-01-01",
);
