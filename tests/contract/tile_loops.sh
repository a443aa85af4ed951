#!/usr/bin/env bash
# The innermost loops of conv_blocked_c16 on ARM: multiply-adds by lane, as many as the register tile has for four
# steps, and no vector that goes to the stack and back. One has all of the tile's rows, and two leave out a row that lies
# beside the map.
#   tile_loops.sh TARGET PREFIX TILE_ROWS
# TARGET: a file of src/target/targets without .json, whose flags are used. PREFIX: of the cross compiler.
# Exit code 77: the compiler is not installed.
set -euo pipefail
target=$1 prefix=$2 rows=$3
if ! command -v "$prefix-gcc" >/dev/null; then
  echo "$prefix-gcc is not installed"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

flags=$(sed -n 's/.*"flags": \[\(.*\)\].*/\1/p' "src/target/targets/$target.json" | tr -d '",')
# shellcheck disable=SC2086  # flags are words
"$prefix-gcc" -std=c99 $flags -Isrc/kernels -c src/ops/conv/conv_blocked_c16/conv_blocked_c16.c -o "$folder/kernel.o"
"$prefix-objdump" -d --no-show-raw-insn "$folder/kernel.o" >"$folder/kernel.s"

# Loops are runs of instructions from the target of a backward branch to it, with no other such branch inside.
awk -v function_name="snug_tile_${rows}x2" -v rows="$rows" '
  $2 == "<" function_name ">:" { inside = 1; next }
  inside && NF == 0 { inside = 0 }
  !inside { next }
  {
    address = $1; sub(":", "", address); $1 = ""
    position[address] = ++count; text[count] = $0
    if ($2 ~ /^b/ && ($3 in position)) { begins[++loops] = position[$3]; ends[loops] = count }
  }
  END {
    for (i = 1; i <= loops; ++i) {
      innermost = 1
      for (j = 1; j <= loops; ++j)
        if (j != i && begins[j] >= begins[i] && ends[j] <= ends[i]) innermost = 0
      by_lane = spills = 0
      for (k = begins[i]; k <= ends[i]; ++k) {
        if (text[k] ~ /(vmla\.f32|fmla).*\[[0-3]\]/) ++by_lane
        if (text[k] ~ /\[sp|\[x29|\[fp/ && text[k] ~ /(vld|vst|vldr|vstr|vldm|vstm|[ ,\t][qd][0-9])/) ++spills
      }
      if (!innermost || by_lane == 0) continue
      printf "%s: a loop of %d instructions, %d multiply-adds by lane, %d vectors to or from the stack\n",
             function_name, ends[i] - begins[i] + 1, by_lane, spills
      if (by_lane == rows * 8) ++whole
      if (by_lane == (rows - 1) * 8) ++less
      if (spills) bad = 1
    }
    if (whole != 1 || less != 2) print "expected a loop of " rows * 8 " multiply-adds by lane and two of " (rows - 1) * 8
    exit bad || whole != 1 || less != 2
  }' "$folder/kernel.s"
