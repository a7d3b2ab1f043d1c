#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Builds ngx_http_cors_module.so for the stock nginx, out of tree, against the nginx sources that
# Debian's nginx-dev installs. Compiles only what changed.
#
#   modules/nginx/build.sh [--depfile FILE] OUTPUT.so BUILD-FOLDER
#
# CC, CFLAGS and LDFLAGS are honoured, so that a sanitizer build is
#   CFLAGS='-fsanitize=address,undefined' LDFLAGS='-fsanitize=address,undefined' …
# NGINX_SOURCE names another nginx-dev folder than /usr/share/nginx/src.
set -euo pipefail

depfile=
if [ "${1:-}" = --depfile ]; then
  depfile=$2
  shift 2
fi
if [ $# -ne 2 ]; then
  sed -n '4,11s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

module=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$module/../.." && pwd)
nginx=${NGINX_SOURCE:-/usr/share/nginx/src}
if [ ! -r "$nginx/conf_flags" ]; then
  echo "$0: there is no $nginx/conf_flags: install Debian's nginx-dev (scripts/setup run)" >&2
  exit 3
fi
output=$(realpath -m "$1")
mkdir -p "$2"
work=$(cd "$2" && pwd)

# Optimized as a whole where the compiler and its linker can: what the engine does for each field
# line of a request then stands in the module's own loop.
whole=
if "${CC:-cc}" -flto -shared -fPIC -x c - -o "$work/probe.so" <<<'int cors;' 2>/dev/null; then
  whole=-flto
fi
rm -f "$work/probe.so"

# Hardened like the command (meson.build says why): but for a sanitizer, which has its own ways.
hardened=
if [[ ${CFLAGS:-} != *-fsanitize* ]]; then
  hardened='-fstack-protector-strong -fstack-clash-protection'
  # nginx compiles with -Werror, and another level of CFLAGS would be a second definition.
  [[ ${CFLAGS:-} == *_FORTIFY_SOURCE* ]] || hardened+=' -D_FORTIFY_SOURCE=3'
  # Only x86 has this one.
  "${CC:-cc}" -fcf-protection=full -c -x c - -o /dev/null <<<'int cors;' 2>/dev/null &&
    hardened+=' -fcf-protection=full'
fi

# Only nginx's own three symbols leave the module; the engine inside stays private to it.
compile="-O2 $whole -g -fPIC -fno-semantic-interposition $hardened ${CFLAGS:-}"
link="-O2 $whole -fPIC -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,shstk"
link+=" -Wl,--version-script=$module/module.map ${LDFLAGS:-}"

sources=("$root"/src/core/*.[ch] "$root"/src/policyfile/*.[ch] "$root"/include/cors/*.h
  "$module"/*.[ch])
# nginx's own headers and the compiler are part of what was built from, too.
nginx_files=("$nginx/conf_flags" "$nginx/src/core/nginx.h")

# shellcheck source=/dev/null
. "$nginx/conf_flags"

# What configure's answer depends on: the names of the sources, not what is in them.
recipe=$(
  printf '%s\n' "${CC:-cc}" "$compile" "$link" "$nginx" "${NGX_CONF_FLAGS[@]}" "${sources[@]}"
  cat "$module/config" "$0" "${nginx_files[@]}"
)
if [ ! -e "$work/recipe" ] || [ "$recipe" != "$(cat "$work/recipe")" ]; then
  rm -rf "${work:?}/objs" "$work/recipe"
  if ! (cd "$nginx" && ./configure --with-cc="${CC:-cc}" --with-cc-opt="$compile" \
    --with-ld-opt="$link" "${NGX_CONF_FLAGS[@]}" --builddir="$work/objs" \
    --add-dynamic-module="$module") >"$work/configure.log" 2>&1; then
    cat "$work/configure.log" >&2
    exit 1
  fi
  printf '%s\n' "$recipe" >"$work/recipe"
fi

# A make above this one must not hand its own flags on to nginx's.
if ! env -u MAKEFLAGS -u MAKELEVEL make -j "$(nproc)" -C "$nginx" -f "$work/objs/Makefile" modules \
  >"$work/make.log" 2>&1; then
  cat "$work/make.log" >&2
  exit 1
fi
cp "$work/objs/ngx_http_cors_module.so" "$output.new"
mv -f "$output.new" "$output"

if [ -n "$depfile" ]; then
  # The folders stand for sources that come or go.
  printf '%s:' "$1" >"$depfile"
  printf ' %s' "${sources[@]}" "${nginx_files[@]}" "$module/config" "$module/module.map" \
    "$root/src/core" "$root/src/policyfile" "$module" >>"$depfile"
  printf '\n' >>"$depfile"
fi
