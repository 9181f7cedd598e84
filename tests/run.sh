#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sets the machine up and runs tests. Without arguments: what every change must pass. `more` runs
# the longer ones, and names run those: sh tests/run.sh regular style
# The last line is a summary: the checks of the suites, and one for each check that is not a suite.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
. tests/packages.sh

usual="regular isa asan public symbols style"
more="ubsan tsan valgrind clang install coverage aarch64 exchange manual"
jobs=$(nproc)
logs=build/logs
passed=0
failed=0

# ---- counting --------------------------------------------------------------------------------

# check NAME COMMAND...: one check that is not a suite; its output is shown if it fails.
check() {
    name=$1
    shift
    log=$logs/$(echo "$name" | tr -c 'A-Za-z0-9\n' '-').log
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "   ok      $name"
    else
        failed=$((failed + 1))
        echo "   FAILED  $name"
        tail -n 40 "$log" | sed 's/^/           /'
    fi
}

# suites DIRECTORY LABEL [NAME=VALUE...]: every suite of DIRECTORY/lax_tests, over all cores; the
# ones that $listing prints.
listing=--list
suites() {
    program=$root/$1/lax_tests
    label=$2
    shift 2
    into=$logs/suites-$label
    rm -rf "$into"
    mkdir -p "$into"
    if ! env "$@" "$program" $listing >"$into/list"; then
        failed=$((failed + 1))
        echo "   FAILED  $label: $program cannot be run"
        return
    fi
    # shellcheck disable=SC2016 # expanded by the inner shell
    env "$@" xargs -P "$jobs" -n 1 sh -c \
        '"$1" "$3" >"$2/$3.log" 2>&1; echo "status $?" >>"$2/$3.log"' sh "$program" "$into" \
        <"$into/list"
    good=0
    bad=0
    while read -r suite; do
        count_suite "$into/$suite.log" || {
            echo "   FAILED  $label: $suite"
            grep -v -e '^status' -e ':P:' "$into/$suite.log" | tail -n 30 | sed 's/^/           /'
        }
    done <"$into/list"
    passed=$((passed + good))
    failed=$((failed + bad))
    echo "   $label: $good passed, $bad failed"
}

# count_suite LOG: adds Check's counts to good and bad; a suite that died without them is one bad.
count_suite() {
    line=$(sed -n 's/.*Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' \
        "$1" | tail -n 1)
    status=$(sed -n 's/^status //p' "$1" | tail -n 1)
    # shellcheck disable=SC2086 # a list of words
    set -- ${line:-0 0 0}
    lost=$(($2 + $3))
    [ $lost -gt 0 ] || [ "$status" -eq 0 ] || lost=1
    [ "$1" -gt 0 ] || lost=1
    bad=$((bad + lost))
    [ "$1" -eq 0 ] || good=$((good + $1 - $2 - $3))
    [ $lost -eq 0 ]
}

# ---- building --------------------------------------------------------------------------------

# build PRESET: configures and builds it, all warnings as errors.
build() {
    check "build $1" sh -c "cmake --preset $1 && cmake --build --preset $1 -j $jobs" &&
        [ -x "build/$1/lax_tests" ]
}

# has FEATURE...: whether this machine's processor has them all.
has() {
    for feature; do
        grep -m 1 '^flags' /proc/cpuinfo | grep -qw "$feature" || return 1
    done
}

# ---- the runs --------------------------------------------------------------------------------

run_regular() {
    build release
    suites build/release regular
}

# Every instruction-set level below the machine's best, which the regular run has: the suites that
# follow a limit, with random problems of another seed. libxsmm has a target of its own, which must
# not be above the level.
run_isa() {
    build release
    listing=--list-limited
    limited scalar
    has avx2 fma f16c && has avx512f avx512bw avx512dq avx512vl avx512cd &&
        limited avx2 LIBXSMM_TARGET=hsw
    has amx_tile && limited avx512 LIBXSMM_TARGET=skx
    listing=--list
}

# limited LEVEL [NAME=VALUE...]
limited() {
    level=$1
    shift
    suites build/release "$level" LAX_MAX_ISA="$level" LAX_TEST_SHARE=40 LAX_TEST_SEED=2 "$@"
}

run_asan() {
    build asan
    suites build/asan asan CK_TIMEOUT_MULTIPLIER=10 LAX_TEST_SHARE=25 LAX_TEST_SEED=3
}

run_ubsan() {
    build ubsan
    suites build/ubsan ubsan CK_TIMEOUT_MULTIPLIER=10 LAX_TEST_SHARE=25 LAX_TEST_SEED=4 \
        UBSAN_OPTIONS=print_stacktrace=1
}

run_tsan() {
    build tsan
    suites build/tsan tsan CK_TIMEOUT_MULTIPLIER=20 LAX_TEST_SHARE=10
}

run_valgrind() {
    packages_need valgrind
    build dev
    mkdir -p build/valgrind
    cat >build/valgrind/lax_tests <<END
#!/bin/sh
exec valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \\
    --suppressions="$root/tests/valgrind.supp" "$root/build/dev/lax_tests" "\$@"
END
    chmod +x build/valgrind/lax_tests
    suites build/valgrind valgrind CK_TIMEOUT_MULTIPLIER=60 LAX_TEST_SHARE=1 \
        LAX_MAX_ISA=avx2 LIBXSMM_TARGET=hsw
}

run_clang() {
    packages_need clang
    build release-clang
    suites build/release-clang clang LAX_TEST_SHARE=10 LAX_TEST_SEED=5
}

# stage DIRECTORY PREFIX: installs what was built, and takes the shared library out of a copy.
stage() {
    rm -rf "$2" "$2-static"
    cmake --install "$1" --prefix "$2" && cp -a "$2" "$2-static" &&
        find "$2-static" -name 'liblax.so*' -delete
}

# use_cmake PREFIX KIND: a project that calls find_package(lax).
use_cmake() {
    rm -rf "build/consumer-$2"
    cmake -S tests/public -B "build/consumer-$2" -DCMAKE_PREFIX_PATH="$root/$1" -DLAX_KIND="$2" &&
        cmake --build "build/consumer-$2" && "build/consumer-$2/consumer"
}

# use_pkg_config PREFIX COMPILER SOURCE [--static]: one compiler line.
use_pkg_config() {
    directory=$(dirname "$(find "$root/$1" -name lax.pc)")
    flags=$(PKG_CONFIG_PATH=$directory pkg-config ${4:+"$4"} --cflags --libs lax) || return 1
    # shellcheck disable=SC2086 # a list of words
    $2 "$3" -o build/consumer-pc $flags &&
        LD_LIBRARY_PATH=$(dirname "$directory") build/consumer-pc
}

# header COMPILER LANGUAGE STANDARD: the public header with nothing before it.
header() {
    printf '#include <lax/lax.h>\n#include <lax/lax.h>\n' |
        "$1" -x "$2" -std="$3" -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only -
}

# users PREFIX: everything that somebody does with an installed library.
users() {
    check "$1: find_package, shared" use_cmake "$1" shared
    check "$1: find_package, static" use_cmake "$1-moved" static
    check "$1: pkg-config, shared, C" use_pkg_config "$1" "cc -std=c11" tests/public/consumer.c
    check "$1: pkg-config, shared, C++" use_pkg_config "$1" c++ tests/public/consumer.cc
    check "$1: pkg-config, static" use_pkg_config "$1-static" cc tests/public/consumer.c --static
    check "$1: the command" "$1/bin/lax" info
}

# clang compiles everything too, all warnings as errors, where it can be had. Not optimized, which
# is for the run `clang`.
run_public() {
    packages_need g++ pkg-config clang || echo "   going on with the compilers that are here"
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        check "header, $compiler, C11" header $compiler c c11
        check "header, $compiler, C++11" header $compiler c++ c++11
        check "header, $compiler, C++20" header $compiler c++ c++20
    done
    if command -v clang >/dev/null; then
        check "clang compiles everything" configured build/clang -DLAX_WERROR=ON \
            -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0
    fi
    build release
    check "install" stage build/release build/stage
    rm -rf build/stage-moved
    cp -a build/stage build/stage-moved
    users build/stage
}

# exported: the shared library shows lax_* only, under its soname.
exported() {
    readelf -d build/release/liblax.so.0 | grep -q 'SONAME.*\[liblax.so.0\]' || {
        echo "the soname is not liblax.so.0"
        return 1
    }
    nm -D --defined-only build/release/liblax.so.0 | awk '$3 !~ /^lax_/ { print $3; bad = 1 }
        END { exit bad || NR == 0 }'
}

# archived: the static library's global symbols all start with lax_.
archived() {
    nm -g --defined-only build/release/liblax.a | awk '
        NF == 3 { n++ } NF == 3 && $3 !~ /^lax_/ { print $3; bad = 1 } END { exit bad || n == 0 }'
}

# stateless: no variables, but for the count of kernels that libxsmm keeps for the whole process,
# and two constants that are written once under pthread_once: the machine and the NULL context.
stateless() {
    objdump -t build/release/liblax.a | awk '
        /file format/ { file = $1; n++ }
        file ~ /^xsmm\.c\.o/ { next }
        file ~ /^(cpuid|context|runtime)\.c\.o/ &&
            $NF ~ /^(machine|once|default_context|default_runtime)$/ { next }
        $0 ~ / \.(data|bss|tdata|tbss)(\.[^ \t]*)?\t/ && $0 !~ / \.data\.rel\.ro/ &&
            $0 ~ / O / { print file, $NF; bad = 1 }
        END { exit bad || n == 0 }'
}

# harmless: nothing ends the process, and nothing writes to standard output.
harmless() {
    nm -u build/release/liblax.a | awk '/ U / { n++ }
        $2 ~ /^(abort|exit|_exit|_Exit|quick_exit|__assert_fail|printf|puts|putchar|stdout)$/ {
            print $2; bad = 1 } END { exit bad || n == 0 }'
}

run_symbols() {
    packages_need binutils
    build release
    check "the shared library exports lax_* only" exported
    check "the static library's globals start with lax_" archived
    check "the library has no variables" stateless
    check "the library neither ends the process nor prints" harmless
}

# formatted: clang-format would change nothing.
formatted() {
    git ls-files -z -c -o --exclude-standard -- '*.c' '*.h' '*.cc' |
        xargs -0 clang-format --dry-run -Werror
}

run_style() {
    packages_need python3
    packages_need clang-format
    check "house rules" python3 -B tests/style/check.py
    if command -v clang-format >/dev/null; then
        check "clang-format" formatted
    fi
}

# configured DIRECTORY OPTION...: builds another variant.
configured() {
    directory=$1
    shift
    rm -rf "$directory"
    cmake -S . -B "$directory" "$@" && cmake --build "$directory" -j "$jobs"
}

# removed DIRECTORY: an installation under DESTDIR holds nothing outside its prefix.
destined() {
    rm -rf build/destdir
    DESTDIR=$root/build/destdir cmake --install "$1" || return 1
    [ -e "build/destdir/usr/local/include/lax/lax.h" ] && [ "$(ls build/destdir)" = usr ]
}

# A compiler and libm are enough; the suites pass without the optional libraries; packages.
run_install() {
    packages_need g++ pkg-config
    check "build without any library" configured build/bare -DLAX_WITH_LIBXSMM=OFF \
        -DLAX_WITH_PTHREADPOOL=OFF -DLAX_BUILD_CLI=OFF -DLAX_BUILD_EXAMPLES=OFF \
        -DLAX_BUILD_TESTS=OFF
    check "build with own kernels and no pool" configured build/minimal -DLAX_WERROR=ON \
        -DLAX_WITH_LIBXSMM=OFF -DLAX_WITH_PTHREADPOOL=OFF
    suites build/minimal minimal
    check "install of the minimal build" stage build/minimal build/stage-minimal
    rm -rf build/stage-minimal-moved
    cp -a build/stage-minimal build/stage-minimal-moved
    users build/stage-minimal
    check "DESTDIR" destined build/minimal
}

# covered: at least 92 % of the lines of src.
covered() {
    gcovr --root . --filter src/ --object-directory build/coverage --print-summary \
        --txt build/coverage/lines.txt --fail-under-line 92 build/coverage
}

run_coverage() {
    packages_need gcovr
    build coverage
    find build/coverage -name '*.gcda' -delete
    suites build/coverage coverage CK_TIMEOUT_MULTIPLIER=10 LAX_TEST_SHARE=10
    check "92 % of the lines of src are executed" covered
    grep -h '^lines' "$log" | sed 's/^/   /'
}

run_aarch64() {
    packages_need gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    check "every source compiles for aarch64" configured build/aarch64 -DLAX_WERROR=ON \
        -DCMAKE_TOOLCHAIN_FILE=tests/aarch64.cmake -DLAX_BUILD_TESTS=OFF
}

# Tensors go to NumPy and come back through DLPack.
run_exchange() {
    packages_need python3 python3-numpy
    build release
    check "DLPack exchange with NumPy" \
        /usr/bin/python3 -B tests/public/exchange.py build/release/liblax.so.0
}

# The API manual builds, and a warning is an error.
run_manual() {
    packages_need doxygen
    mkdir -p build/manual
    check "the API manual" doxygen docs/Doxyfile
}

# ---- what was asked for ----------------------------------------------------------------------

# shellcheck disable=SC2046,SC2086 # lists of words
{
    [ $# -gt 0 ] || set -- $usual
    set -- $(echo " $* " | sed "s/ more / $more /")
}
for name; do
    case " $usual $more " in *" $name "*) ;; *)
        echo "run.sh: no run '$name'; there are: $usual, and more: $more" >&2
        exit 2
        ;;
    esac
done

mkdir -p $logs
# shellcheck disable=SC2046 # a list of words
packages_need cmake make gcc libc6-dev check $(libraries_packages) ||
    echo "going on with what is here"
begun=$(date +%s)
for name; do
    echo "== $name"
    since=$(date +%s)
    "run_$name"
    echo "   $(($(date +%s) - since)) s"
done
echo "== $*: $(($(date +%s) - begun)) s"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
