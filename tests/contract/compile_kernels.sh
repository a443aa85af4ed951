#!/usr/bin/env bash
# Compiles every shipped C file, or with --header-only just snug.h as C++, and fails at the first warning.
#   compile_kernels.sh COMPILER FLAGS... [--header-only]
# Exit code 77: the compiler is not installed.
set -euo pipefail
compiler=$1
shift
if ! command -v "$compiler" >/dev/null; then
  echo "$compiler is not installed"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

flags=()
header_only=false
for flag in "$@"; do
  if [ "$flag" = --header-only ]; then header_only=true; else flags+=("$flag"); fi
done

if $header_only; then
  printf '#include "snug.h"\nint main() { snug_layer layer; layer.in_channels = 1; return layer.in_channels - 1; }\n' \
    >"$folder/header.cpp"
  exec "$compiler" "${flags[@]}" -Isrc/kernels -c "$folder/header.cpp" -o "$folder/header.o"
fi

mapfile -t kernels < <(find src/ops src/kernels/parallel.c -name '*.c' | sort)
[ ${#kernels[@]} -gt 0 ]
for kernel in "${kernels[@]}"; do
  "$compiler" "${flags[@]}" -Isrc/kernels -c "$kernel" -o "$folder/kernel.o"
done
echo "$compiler: ${#kernels[@]} kernels compile without a warning"
