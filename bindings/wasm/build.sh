#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Builds the engine as WebAssembly with Debian's clang, lld and binaryen:
#
#   bindings/wasm/build.sh OUTPUT.wasm
#
# The module imports nothing. Nothing is done where it is newer than every source.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: bindings/wasm/build.sh OUTPUT.wasm" >&2
  exit 2
fi
output=$(realpath -m "$1")
cd "$(dirname "$0")/../.."
root=$PWD
sources=("$root"/src/core/*.c "$root"/bindings/wasm/*.c)

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

compile() { # all sources, for optimization as one
  cd "$work"
  clang --target=wasm32 "${features[@]}" -std=c11 -ffreestanding -Oz -flto -fvisibility=hidden \
    -fshort-enums -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
    -Wmissing-prototypes -Werror -I"$root/include" -I"$root/src/core" -I"$root/bindings/wasm" \
    -c "${sources[@]}"
}

link() {
  # --stack-first: a stack that grows too large leaves memory at 0, which traps. What is told to
  # LLVM keeps it from trading size for speed.
  wasm-ld --no-entry --stack-first -z stack-size=65536 --gc-sections -O2 --lto-O2 \
    -mllvm -inline-threshold=-30 -mllvm -jump-threading-threshold=1 \
    -mllvm -disable-lsr -mllvm -enable-pre=false \
    -o "$work/linked.wasm" "$work"/*.o
}

shrink() {
  # Unused low memory: no object lies in the deepest kilobyte of the stack, so that no address
  # with an offset wraps around to there.
  wasm-opt "${enabled[@]}" --low-memory-unused -Oz --flatten --rereloop -Oz -Oz \
    --flatten --rereloop -Oz -Oz --strip-debug --strip-producers --strip-target-features \
    -o "$work/small.wasm" "$work/linked.wasm"
}

(compile)
link
shrink
mv "$work/small.wasm" "$output"
