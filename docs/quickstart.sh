#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sets the machine up, builds the library and the command, and shows what they do: a photograph
# convolved into edges and into four feature maps, and one layer computed in two layouts.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

step() { printf '\n== %s\n' "$*"; }

step "packages"
# shellcheck disable=SC2046 # a list of words
packages_need cmake make gcc libc6-dev $(libraries_packages) ||
    echo "packages: going on with what is here"
command -v cmake >/dev/null || { echo "quickstart: cmake is missing"; exit 1; }

step "build"
# In the directory that tests/run.sh goes on with, and with its warnings; one of a compiler that we
# have not met is no reason to stop.
configure() { cmake --preset release -DLAX_BUILD_TESTS=OFF "$@"; }
build() { cmake --build build/release -j "$(nproc)" --target lax_cli examples; }
configure
build || { configure -DLAX_WERROR=OFF && build; }
lax=build/release/lax
data=docs/examples/data
out=docs/examples/out
mkdir -p "$out"

step "edges of a photograph"
$lax image $data/photo.png --kernel edges -o $out/edges.png

step "four feature maps of it"
build/release/examples/feature_maps $data/photo.png $out/feature_maps.png

step "one layer, 32x3x32x32 * 4x3x5x5, as NCHW/OIHW and as NHWC/HWIO"
$lax eval $data/layer.mlir -o $out/x.npy -o $out/w.npy
$lax conv $out/x.npy $out/w.npy --dimension-numbers NCHW,OIHW,NCHW -o $out/y.npy
$lax transpose $out/x.npy --from NCHW --to NHWC -o $out/x_nhwc.npy
$lax transpose $out/w.npy --from OIHW --to HWIO -o $out/w_hwio.npy
$lax conv $out/x_nhwc.npy $out/w_hwio.npy --dimension-numbers NHWC,HWIO,NHWC -o $out/y_nhwc.npy
$lax transpose $out/y_nhwc.npy --from NHWC --to NCHW -o $out/y_back.npy
cmp $out/y.npy $out/y_back.npy
echo "both give the same 32x4x28x28 result, byte for byte"

step "the pictures"
ls "$PWD"/$out/*.png
