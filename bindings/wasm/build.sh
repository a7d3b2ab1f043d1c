#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Builds the engine as WebAssembly with Debian's clang, lld and binaryen:
#
#   bindings/wasm/build.sh OUTPUT.wasm [servers]
#
# As it is, small, for pages; for servers fast, and with what is in the folder servers besides.
# The module imports nothing. Nothing is done where it is newer than every source.
set -euo pipefail

flavour=${2:-pages}
if [ $# -lt 1 ] || [ $# -gt 2 ] || { [ "$flavour" != pages ] && [ "$flavour" != servers ]; }; then
  echo "usage: bindings/wasm/build.sh OUTPUT.wasm [servers]" >&2
  exit 2
fi
output=$(realpath -m "$1")
cd "$(dirname "$0")/../.."
root=$PWD

newer_source() { # a source that was changed since; the folders, for those that are gone
  find src/core include/cors bindings/wasm -newer "$output" \
    \( -name '*.[ch]' -o -name build.sh -o -type d -not -path '*/node_modules*' \) -print -quit
}

[ -e "$output" ] && [ -z "$(newer_source)" ] && exit 0

for tool in clang wasm-ld wasm-opt; do
  command -v "$tool" >/dev/null ||
    { echo "bindings/wasm/build.sh: $tool is missing: scripts/setup lab installs it" >&2; exit 1; }
done

mkdir -p "$(dirname "$output")"
work=$(mktemp -d "$output.XXXXXX")
trap 'rm -rf "$work"' EXIT

# What every engine of 2021 has: Chromium 75, Firefox 79, Safari 15, Node 16.
features=(-mbulk-memory -msign-ext -mnontrapping-fptoint)
enabled=(--enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int)

compile() { # OPTIMIZATION FILE...: for optimization as one
  cd "$work"
  clang --target=wasm32 "${features[@]}" -std=c11 -ffreestanding -flto -fvisibility=hidden \
    -fshort-enums -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
    -Wmissing-prototypes -Werror -I"$root/include" -I"$root/src/core" -I"$root/bindings/wasm" \
    "$@" -c
}

link() { # OPTION...
  # --stack-first: a stack that grows too large leaves memory at 0, which traps.
  wasm-ld --no-entry --stack-first -z stack-size=65536 --gc-sections -O2 "$@" \
    -o "$work/linked.wasm" "$work"/*.o
}

optimize() { # OPTION...
  # Unused low memory: no object lies in the deepest kilobyte of the stack, so that no address
  # with an offset wraps around to there.
  wasm-opt "${enabled[@]}" --low-memory-unused "$@" \
    --strip-debug --strip-producers --strip-target-features \
    -o "$work/whole.wasm" "$work/linked.wasm"
}

all=("$root"/src/core/*.c "$root"/bindings/wasm/*.c)

build_pages() {
  (compile -Oz "${all[@]}")
  # What is told to LLVM keeps it from trading size for speed.
  link --lto-O2 -mllvm -inline-threshold=-30 -mllvm -jump-threading-threshold=1 \
    -mllvm -disable-lsr -mllvm -enable-pre=false
  optimize -Oz --flatten --rereloop -Oz -Oz --flatten --rereloop -Oz -Oz
}

build_servers() {
  # What each request goes through comes again, and replaces what was compiled for size.
  (compile -Os "${all[@]}" "$root"/bindings/wasm/servers/*.c)
  (compile -O2 "$root"/src/core/{server_*,policy_match,policy_set,origin,bytes,http_names}.c \
    "$root"/bindings/wasm/{wasm_bytes,wasm_wire,servers/wasm_judge}.c)
  link --lto-O3
  optimize -O3
}

"build_$flavour"
mv "$work/whole.wasm" "$output"
