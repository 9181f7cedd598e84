# SPDX-License-Identifier: Apache-2.0
"""The peers' packages, in a virtual environment under build/peers, and the compiled parts."""
import glob
import os
import shutil
import subprocess
import sys
import zipfile

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(BENCH))
NATIVE = os.path.join(BENCH, "native")
FOLDER = os.path.join(ROOT, "build", "peers")
VENV = os.path.join(FOLDER, "venv")
PYTHON = os.path.join(VENV, "bin", "python")
PACKAGES = {"onednn": ["onednn==2026.1.0", "onednn-devel==2026.1.0"], "jax": ["jax"],
            "onnxruntime": ["onnx", "onnxruntime"], "openvino": ["openvino"],
            "scipy": ["scipy"], "xnnpack": [], "self": []}
# oneDNN's wheel runs on SYCL, whose CPU device is found by an adapter of an older runtime's wheel
ADAPTER = "intel-cmplr-lib-ur==2026.0.0"
ADAPTER_FILE = "libur_adapter_opencl.so"
COMPILE = ["-O2", "-fPIC", "-shared", f"-I{NATIVE}", f"-I{ROOT}/include"]


def run(command, **more):
    """A command whose failure ends everything."""
    print("+", " ".join(command), file=sys.stderr)
    subprocess.run(command, check=True, stdout=sys.stderr, **more)


def pip(*arguments):
    """pip of the environment."""
    run([PYTHON, "-m", "pip", "--disable-pip-version-check", "-q", *arguments])


def environment():
    """The virtual environment with NumPy in it."""
    if not os.path.exists(PYTHON):
        os.makedirs(FOLDER, exist_ok=True)
        run([sys.executable, "-m", "venv", VENV])
    if not glob.glob(f"{VENV}/lib/python*/site-packages/ml_dtypes"):
        pip("install", "numpy", "ml_dtypes")


def adapter():
    """Puts the adapter's files beside oneDNN's."""
    if glob.glob(f"{VENV}/lib/{ADAPTER_FILE}*"):
        return
    pip("download", "--no-deps", "-d", FOLDER, ADAPTER)
    with zipfile.ZipFile(glob.glob(f"{FOLDER}/intel_cmplr_lib_ur-*.whl")[0]) as wheel:
        for name in wheel.namelist():
            if ADAPTER_FILE in name:
                with wheel.open(name) as source, open(
                        f"{VENV}/lib/{os.path.basename(name)}", "wb") as target:
                    shutil.copyfileobj(source, target)


def packages(peer):
    """Installs what the peer needs, once."""
    mark = os.path.join(FOLDER, f"{peer}.installed")
    if os.path.exists(mark):
        return
    if PACKAGES[peer]:
        pip("install", *PACKAGES[peer])
    if peer == "onednn":
        adapter()
    open(mark, "w", encoding="utf-8").close()


def newer(target, sources):
    """Whether any source is newer than the target."""
    if not os.path.exists(target):
        return True
    return any(os.path.getmtime(source) > os.path.getmtime(target) for source in sources)


def compile_once(name, sources, compiler, flags):
    """A shared library under build/peers."""
    target = os.path.join(FOLDER, f"lib{name}.so")
    sources = [os.path.join(NATIVE, source) for source in sources]
    if newer(target, sources + glob.glob(f"{NATIVE}/*.h")):
        run([*compiler, *COMPILE, *sources, "-o", target, *flags])


def compiled(peer):
    """The loop, and the peer's own part."""
    compile_once("pair", ["pair.c", "peaks.c"], [os.environ.get("CC", "cc"), "-std=gnu11"],
                 ["-ffp-contract=fast", "-ldl"])
    if peer == "onednn":
        compile_once("onednn_peer", ["onednn.cc"], [os.environ.get("CXX", "c++"), "-std=c++17"],
                     [f"-I{VENV}/include", f"-L{VENV}/lib", "-l:libdnnl.so.3",
                      f"-Wl,-rpath,{VENV}/lib", "-Wl,--allow-shlib-undefined"])
    if peer == "xnnpack":
        compile_once("xnnpack_peer", ["xnnpack.c"], [os.environ.get("CC", "cc"), "-std=gnu11"],
                     ["-lXNNPACK", "-lpthreadpool", "-lm"])


def variables(peer, options):
    """The environment that the peer's worker needs."""
    made = dict(os.environ, OMP_NUM_THREADS=str(options["threads"]), PYTHONDONTWRITEBYTECODE="1")
    if peer == "onednn":
        made["LD_LIBRARY_PATH"] = f"{VENV}/lib"
        made["OCL_ICD_FILENAMES"] = f"{VENV}/lib/libintelocl.so"
    if options["isa"]:
        made["LAX_MAX_ISA"] = options["isa"]
        made["ONEDNN_MAX_CPU_ISA"] = {"avx512": "AVX512_CORE"}.get(options["isa"],
                                                                  options["isa"].upper())
    return made


def ready(peers):
    """Everything that these peers need."""
    environment()
    for peer in peers:
        packages(peer)
        compiled(peer)
