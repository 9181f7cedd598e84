/* SPDX-License-Identifier: Apache-2.0 */
/* oneDNN as a peer. *plain*: the caller's activations and weights, every reorder inside the timed
 * call; each way that serves such a caller is tried (oneDNN's favourite weights; its favourite
 * activations too; 1-D problems also as images of height 1) and the fastest is kept. *prepacked*:
 * weights and activations are in oneDNN's favourite form before. */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include <dnnl.hpp>

#include "peer.h"

using dnnl::memory;
using Steps = std::vector<std::function<void()>>;

namespace {

/* One engine for the process, made at the first problem: thread pools read the affinity then. */
struct Machine {
    dnnl::engine engine{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream{engine};
};

Machine &machine() {
    static Machine made;
    return made;
}

struct Handle {
    Steps run, finish;
    std::string note;
};

memory::data_type type_of(int64_t dtype, bool weights) {
    using type = memory::data_type;
    switch (dtype) {
    case PEER_BF16: return type::bf16;
    case PEER_F16: return type::f16;
    case PEER_S8: return type::s8;
    case PEER_U8: return weights ? type::s8 : type::u8;
    default: return type::f32;
    }
}

/* --- descriptors ------------------------------------------------------------------------------ */

/* A problem in oneDNN's words. */
struct Description {
    memory::desc x, w, y;
    memory::dims window, stride, dilation, low, high;
};

memory::desc form(const peer_tensor &t, int64_t rank, memory::data_type type, bool lift) {
    memory::dims sizes(t.sizes, t.sizes + rank), strides(t.strides, t.strides + rank);
    if (lift) {
        sizes.insert(sizes.end() - 1, 1);
        strides.insert(strides.end() - 1, t.strides[rank - 1] * t.sizes[rank - 1]);
    }
    return memory::desc(sizes, type, strides);
}

/* Groups go in front of the weights. */
memory::desc grouped(const memory::desc &one, const peer_problem &p) {
    if (p.groups == 1) return one;
    memory::dims sizes = one.get_dims(), strides = one.get_strides();
    strides.insert(strides.begin(), p.group_stride);
    sizes.insert(sizes.begin(), p.groups);
    return memory::desc(sizes, one.get_data_type(), strides);
}

memory::dims spatial(const int64_t *values, int64_t n, int64_t lifted, bool lift) {
    memory::dims out(values, values + n);
    if (lift) out.insert(out.begin(), lifted);
    return out;
}

Description describe(const peer_problem &p, bool lift) {
    const int64_t rank = p.n_spatial + 2;
    const bool whole = p.dtype == PEER_S8 || p.dtype == PEER_U8;
    Description d;
    d.x = form(p.x, rank, type_of(p.dtype, false), lift);
    d.y = form(p.y, rank,
               whole && p.kind <= PEER_WEIGHT_GRADIENT ? memory::data_type::s32
                                                       : type_of(p.dtype, false),
               lift);
    if (p.kind <= PEER_WEIGHT_GRADIENT)
        d.w = grouped(form(p.w, rank, type_of(p.dtype, true), lift), p);
    d.window = spatial(p.window, p.n_spatial, 1, lift);
    d.stride = spatial(p.stride, p.n_spatial, 1, lift);
    d.dilation = spatial(p.dilation, p.n_spatial, 1, lift);
    for (auto &step : d.dilation) step--;
    d.low = spatial(p.low, p.n_spatial, 0, lift);
    d.high = spatial(p.high, p.n_spatial, 0, lift);
    return d;
}

/* --- convolutions ----------------------------------------------------------------------------- */

/* A primitive and the forms in which it wants its three tensors. */
struct Made {
    dnnl::primitive primitive;
    memory::desc x, w, y;
    int x_role, w_role, y_role;
    std::string name;
};

Made make_convolution(int64_t kind, const Description &d) {
    using namespace dnnl;
    const auto direct = algorithm::convolution_direct;
    const auto inference = prop_kind::forward_inference;
    engine &cpu = machine().engine;
    if (kind == PEER_TRANSPOSED) {
        deconvolution_forward::primitive_desc pd(cpu, inference, algorithm::deconvolution_direct,
                                                 d.x, d.w, d.y, d.stride, d.dilation, d.low,
                                                 d.high);
        return {deconvolution_forward(pd),
                pd.src_desc(),
                pd.weights_desc(),
                pd.dst_desc(),
                DNNL_ARG_SRC,
                DNNL_ARG_WEIGHTS,
                DNNL_ARG_DST,
                pd.impl_info_str()};
    }
    convolution_forward::primitive_desc forward(
        cpu, kind == PEER_FORWARD ? inference : prop_kind::forward_training, direct, d.x, d.w, d.y,
        d.stride, d.dilation, d.low, d.high);
    if (kind == PEER_FORWARD)
        return {convolution_forward(forward),
                forward.src_desc(),
                forward.weights_desc(),
                forward.dst_desc(),
                DNNL_ARG_SRC,
                DNNL_ARG_WEIGHTS,
                DNNL_ARG_DST,
                forward.impl_info_str()};
    if (kind == PEER_DATA_GRADIENT) {
        convolution_backward_data::primitive_desc pd(cpu, direct, d.x, d.w, d.y, d.stride,
                                                     d.dilation, d.low, d.high, forward);
        return {convolution_backward_data(pd),
                pd.diff_src_desc(),
                pd.weights_desc(),
                pd.diff_dst_desc(),
                DNNL_ARG_DIFF_SRC,
                DNNL_ARG_WEIGHTS,
                DNNL_ARG_DIFF_DST,
                pd.impl_info_str()};
    }
    convolution_backward_weights::primitive_desc pd(cpu, direct, d.x, d.w, d.y, d.stride,
                                                    d.dilation, d.low, d.high, forward);
    return {convolution_backward_weights(pd),
            pd.src_desc(),
            pd.diff_weights_desc(),
            pd.diff_dst_desc(),
            DNNL_ARG_SRC,
            DNNL_ARG_DIFF_WEIGHTS,
            DNNL_ARG_DIFF_DST,
            pd.impl_info_str()};
}

/* Memory in the form that the primitive wants, and the reorder to or from the caller's. */
memory bind(const memory::desc &plain, const memory::desc &wanted, void *data, bool output,
            Steps &moves) {
    Machine &m = machine();
    memory outer(plain, m.engine, data);
    if (wanted == plain) return outer;
    memory own(wanted, m.engine);
    memory from = output ? own : outer, to = output ? outer : own;
    dnnl::reorder reorder(from, to);
    moves.push_back([=, &m]() mutable { reorder.execute(m.stream, from, to); });
    return own;
}

memory::desc any_form(const memory::desc &plain) {
    return memory::desc(plain.get_dims(), plain.get_data_type(), memory::format_tag::any);
}

Handle one_way(const peer_problem &p, bool lift, bool any_activations) {
    const Description plain = describe(p, lift);
    Description asked = plain;
    asked.w = any_form(plain.w);
    if (any_activations) asked.x = any_form(plain.x), asked.y = any_form(plain.y);
    const Made made = make_convolution(p.kind, asked);
    const bool to_x = p.kind == PEER_DATA_GRADIENT, to_w = p.kind == PEER_WEIGHT_GRADIENT;
    Steps before, after;
    memory x = bind(plain.x, made.x, p.x.data, to_x, to_x ? after : before);
    memory w = bind(plain.w, made.w, p.w.data, to_w, to_w ? after : before);
    memory y = bind(plain.y, made.y, p.y.data, !to_x && !to_w, to_x || to_w ? before : after);
    const std::unordered_map<int, memory> arguments{
        {made.x_role, x}, {made.w_role, w}, {made.y_role, y}};
    const dnnl::primitive primitive = made.primitive;
    Machine &m = machine();
    auto work = [=, &m] { primitive.execute(m.stream, arguments); };
    auto wait = [&m] { m.stream.wait(); };
    Handle h;
    h.note = made.name + (lift ? " as 2-D" : "") + (any_activations ? " own activations" : "");
    if (p.prepacked) {
        for (auto &move : before) move();
        m.stream.wait();
        h.run = {work, wait};
        h.finish = after;
        h.finish.push_back(wait);
    } else {
        h.run = before;
        h.run.push_back(work);
        h.run.insert(h.run.end(), after.begin(), after.end());
        h.run.push_back(wait);
    }
    return h;
}

void run_all(const Steps &steps) {
    for (const auto &step : steps) step();
}

double best_of(const Steps &steps, int times) {
    double best = 0;
    for (int i = 0; i < times; i++) {
        const auto start = std::chrono::steady_clock::now();
        run_all(steps);
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        best = i == 0 ? spent.count() : std::min(best, spent.count());
        if (best > 1) break;
    }
    return best;
}

/* The fastest of the ways; the reason of the last one that failed where none works. */
Handle convolution(const peer_problem &p) {
    Handle best;
    std::string reason = "no way to do it";
    double least = 0;
    for (int way = 0; way < 4; way++) {
        const bool lift = (way & 2) != 0, any = (way & 1) != 0;
        if (lift && p.n_spatial != 1) continue;
        try {
            Handle h = one_way(p, lift, any);
            const double seconds = best_of(h.run, 4);
            if (best.run.empty() || seconds < least) best = h, least = seconds;
        } catch (const dnnl::error &e) {
            reason = e.message;
        }
    }
    if (best.run.empty()) throw std::runtime_error(reason);
    return best;
}

/* --- pooling ---------------------------------------------------------------------------------- */

/* Max pooling's gradient needs the indices that a training forward keeps: both are timed. */
Handle pool(const peer_problem &p) {
    using namespace dnnl;
    Machine &m = machine();
    const Description d = describe(p, false);
    const bool sums = p.kind == PEER_SUM_POOL || p.kind == PEER_SUM_POOL_GRADIENT;
    const bool keeps = p.kind >= PEER_MAX_POOL_GRADIENT;
    pooling_forward::primitive_desc forward(
        m.engine, keeps ? prop_kind::forward_training : prop_kind::forward_inference,
        sums ? algorithm::pooling_avg_include_padding : algorithm::pooling_max, d.x, d.y, d.stride,
        d.window, d.dilation, d.low, d.high);
    memory x(d.x, m.engine, p.x.data), y(d.y, m.engine, p.y.data), kept;
    if (keeps && !sums) kept = memory(forward.workspace_desc(), m.engine);
    Handle h;
    const bool gradient = p.kind == PEER_MAX_POOL_GRADIENT || p.kind == PEER_SUM_POOL_GRADIENT;
    memory operand = p.kind == PEER_MAX_POOL_GRADIENT ? memory(d.x, m.engine, p.w.data) : x;
    memory pooled = gradient ? memory(d.y, m.engine) : y;
    if (!gradient || !sums) {
        const pooling_forward primitive(forward);
        const std::unordered_map<int, memory> arguments{
            {DNNL_ARG_SRC, operand}, {DNNL_ARG_DST, pooled}, {DNNL_ARG_WORKSPACE, kept}};
        h.run.push_back([=, &m] { primitive.execute(m.stream, arguments); });
    }
    h.note = forward.impl_info_str();
    if (gradient) {
        pooling_backward::primitive_desc pd(
            m.engine, sums ? algorithm::pooling_avg_include_padding : algorithm::pooling_max, d.x,
            d.y, d.stride, d.window, d.dilation, d.low, d.high, forward);
        const pooling_backward primitive(pd);
        const std::unordered_map<int, memory> arguments{
            {DNNL_ARG_DIFF_SRC, x}, {DNNL_ARG_DIFF_DST, y}, {DNNL_ARG_WORKSPACE, kept}};
        h.run.push_back([=, &m] { primitive.execute(m.stream, arguments); });
        h.note = std::string(sums ? "" : "training forward + ") + pd.impl_info_str();
    }
    h.run.push_back([&m] { m.stream.wait(); });
    return h;
}

} // namespace

extern "C" void *peer_open(const peer_problem *problem, char note[PEER_NOTE]) {
    try {
        auto made = std::make_unique<Handle>(
            problem->kind <= PEER_WEIGHT_GRADIENT ? convolution(*problem) : pool(*problem));
        std::snprintf(note, PEER_NOTE, "%s", made->note.c_str());
        return made.release();
    } catch (const std::exception &e) {
        std::snprintf(note, PEER_NOTE, "%s", e.what());
        return nullptr;
    }
}

extern "C" void peer_run(void *handle) { run_all(static_cast<Handle *>(handle)->run); }

extern "C" void peer_finish(void *handle) { run_all(static_cast<Handle *>(handle)->finish); }

extern "C" void peer_close(void *handle) { delete static_cast<Handle *>(handle); }

extern "C" void peer_version(char text[PEER_NOTE]) {
    const dnnl_version_t *v = dnnl_version();
    std::snprintf(text, PEER_NOTE, "%d.%d.%d", v->major, v->minor, v->patch);
}
