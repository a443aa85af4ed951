#!/usr/bin/env bash
# Builds cross_check.c and the kernels it checks for a target, and runs it there.
#   cross_check.sh TARGET
# TARGET: a file of src/target/targets without .json, whose compiler, flags and emulator are used.
# Exit code 77: the compiler or the emulator is not installed.
set -euo pipefail
field() { sed -n "s/.*\"$1\": *\[*\([^]]*\).*/\1/p" "src/target/targets/$2.json" | tr -d '",'; }
read -ra compiler <<<"$(field compiler "$1")"
read -ra flags <<<"$(field flags "$1")"
read -ra runner <<<"$(field runner "$1")"
for tool in "${compiler[0]}" ${runner[0]+"${runner[0]}"}; do
  if ! command -v "$tool" >/dev/null; then
    echo "$tool is not installed"
    exit 77
  fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sources=(tests/contract/cross_check.c)
for kernel in conv/conv_{blocked_c16,pointwise_c16,pointwise_hwc,implicit_hwc} pool/pool_max_{c16,hwc,chw}; do
  sources+=("src/ops/$kernel/${kernel#*/}.c")
done
"${compiler[@]}" -std=c99 "${flags[@]}" -Isrc/kernels "${sources[@]}" -lm -o "$folder/cross_check"
"${runner[@]}" "$folder/cross_check"
