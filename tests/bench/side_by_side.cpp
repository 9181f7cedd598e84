/* SPDX-License-Identifier: Apache-2.0 */
/* Times forward convolutions of layers.csv here and in oneDNN, alternating in one process on one
 * core, plain against plain: both get activations and weights in the row's layout and do whatever
 * packing they need inside the timed call. README.md says how to build and run it. */
#include <dnnl.hpp>
#include <lax/lax.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

using dnnl::memory;
using Row = std::map<std::string, std::string>;
using Sizes = std::vector<int64_t>;

struct Options {
    std::string layers, only, lowering, classes_without = "dw,huge,1d-k4096";
    int tier = 1, core = 0, min_channels = 8;
    double budget = 0.5;
    bool channels_first = false;
};

static std::vector<std::string> split(const std::string &text, char at) {
    std::vector<std::string> parts;
    std::stringstream stream(text);
    for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
    return parts;
}

static std::vector<Row> read_csv(const std::string &path) {
    std::ifstream file(path);
    std::string line;
    std::vector<Row> rows;
    std::getline(file, line);
    const auto names = split(line, ',');
    while (std::getline(file, line)) {
        const auto cells = split(line, ',');
        Row row;
        for (size_t i = 0; i < names.size() && i < cells.size(); i++) row[names[i]] = cells[i];
        rows.push_back(row);
    }
    return rows;
}

static Sizes sizes(const std::string &text) {
    Sizes out;
    for (const auto &part : split(text, 'x')) out.push_back(std::atoll(part.c_str()));
    return out;
}

/* "b01f" and the sizes of its roles -> sizes in memory order, and each role's stride. */
struct Form {
    Sizes shape;
    std::map<char, int64_t> strides;
};

static Form form(const std::string &labels, const std::map<char, int64_t> &role_sizes) {
    Form f;
    for (char c : labels) f.shape.push_back(role_sizes.at(c));
    int64_t stride = 1;
    for (size_t i = labels.size(); i-- > 0; stride *= f.shape[i]) f.strides[labels[i]] = stride;
    return f;
}

/* One row as both libraries need it. */
struct Problem {
    std::string labels;
    Form lhs, rhs, out;
    Sizes in, kernel, result, stride, low, high, dilation;
    int64_t batch, in_features, out_features, groups;
    double macs;
};

static Problem problem_of(const Row &row) {
    Problem p;
    p.labels = row.at("dim_labels");
    p.in = sizes(row.at("spatial"));
    p.kernel = sizes(row.at("kernel"));
    p.result = sizes(row.at("out_spatial"));
    p.stride = sizes(row.at("stride"));
    p.dilation = sizes(row.at("rhs_dilation"));
    for (const auto &pair : split(row.at("padding"), 'x')) {
        p.low.push_back(std::atoll(pair.c_str()));
        p.high.push_back(std::atoll(pair.substr(pair.find(':') + 1).c_str()));
    }
    p.batch = std::atoll(row.at("N").c_str());
    p.in_features = std::atoll(row.at("Cin").c_str());
    p.out_features = std::atoll(row.at("Cout").c_str());
    p.groups = std::atoll(row.at("groups").c_str());
    p.macs = std::atof(row.at("macs_useful").c_str());
    std::map<char, int64_t> l{{'b', p.batch}, {'f', p.in_features}};
    std::map<char, int64_t> r{{'o', p.out_features}, {'i', p.in_features / p.groups}};
    std::map<char, int64_t> o{{'b', p.batch}, {'f', p.out_features}};
    for (size_t i = 0; i < p.in.size(); i++) {
        const char digit = static_cast<char>('0' + i);
        l[digit] = p.in[i], r[digit] = p.kernel[i], o[digit] = p.result[i];
    }
    const size_t under = p.labels.find('_'), arrow = p.labels.find("->");
    p.lhs = form(p.labels.substr(0, under), l);
    p.rhs = form(p.labels.substr(under + 1, arrow - under - 1), r);
    p.out = form(p.labels.substr(arrow + 2), o);
    return p;
}

struct Buffer {
    std::unique_ptr<float, decltype(&std::free)> data;
    int64_t n = 1;
    explicit Buffer(const Sizes &shape) : data(nullptr, &std::free) {
        for (int64_t size : shape) n *= size;
        const size_t nbytes = static_cast<size_t>(n) * sizeof(float);
        data.reset(static_cast<float *>(std::aligned_alloc(64, (nbytes + 127) / 64 * 64)));
        for (int64_t i = 0; i < n; i++) data.get()[i] = static_cast<float>((i * 37) % 17 - 8) / 16;
    }
};

/* --- ours ------------------------------------------------------------------------------------- */

static std::function<void()> ours(const Problem &p, Buffer &x, Buffer &w, Buffer &y,
                                  const Options &options, std::string &name) {
    auto tensor = [](Buffer &buffer, const Form &f) {
        return lax_tensor_of(LAX_F32, buffer.data.get(), static_cast<int32_t>(f.shape.size()),
                             f.shape.data());
    };
    auto lhs = std::make_shared<lax_tensor>(tensor(x, p.lhs));
    auto rhs = std::make_shared<lax_tensor>(tensor(w, p.rhs));
    auto out = std::make_shared<lax_tensor>(tensor(y, p.out));
    lax_conv_options o = {};
    o.size = sizeof o;
    o.dim_labels = p.labels.c_str();
    o.feature_group_count = p.groups;
    o.lowering = options.lowering.empty() ? nullptr : options.lowering.c_str();
    for (size_t i = 0; i < p.in.size(); i++) {
        o.window_strides[i] = p.stride[i];
        o.rhs_dilation[i] = p.dilation[i];
        o.pads[i][0] = p.low[i], o.pads[i][1] = p.high[i];
    }
    lax_plan *plan = nullptr;
    lax_error why;
    if (lax_conv_plan(nullptr, lhs.get(), rhs.get(), &o, nullptr, out.get(), &plan, &why)) {
        std::fprintf(stderr, "%s\n", why.text);
        return nullptr;
    }
    name = lax_plan_lowering(plan);
    auto kept = std::shared_ptr<lax_plan>(plan, lax_plan_release);
    auto room = std::shared_ptr<void>(
        std::aligned_alloc(64, (lax_plan_workspace_size(plan) + 127) / 64 * 64), std::free);
    return [=] {
        const lax_tensor *in[] = {lhs.get(), rhs.get()};
        lax_tensor *results[] = {out.get()};
        lax_plan_execute(kept.get(), in, nullptr, results, room.get(), nullptr);
    };
}

/* --- oneDNN ----------------------------------------------------------------------------------- */

struct Peer {
    dnnl::engine engine{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream{engine};
};

/* Role order of oneDNN: batch, features, spatial; groups in front of the weights. `lift` poses a
 * 1-D problem as 2-D of height 1, for which some faster kernels exist. */
struct Descriptors {
    memory::desc x, w, y;
    memory::dims stride, dilation, low, high;
};

static Descriptors describe(const Problem &p, bool lift) {
    const auto f32 = memory::data_type::f32;
    Descriptors d;
    auto activation = [&](const Form &f, int64_t features, const Sizes &spatial) {
        memory::dims dims{p.batch, features}, strides{f.strides.at('b'), f.strides.at('f')};
        if (lift) dims.push_back(1), strides.push_back(f.strides.at('0') * spatial[0]);
        for (size_t i = 0; i < spatial.size(); i++) {
            dims.push_back(spatial[i]);
            strides.push_back(f.strides.at(static_cast<char>('0' + i)));
        }
        return memory::desc(dims, f32, strides);
    };
    d.x = activation(p.lhs, p.in_features, p.in);
    d.y = activation(p.out, p.out_features, p.result);
    memory::dims dims{p.out_features / p.groups, p.in_features / p.groups};
    memory::dims strides{p.rhs.strides.at('o'), p.rhs.strides.at('i')};
    if (p.groups > 1) {
        dims.insert(dims.begin(), p.groups);
        strides.insert(strides.begin(), p.rhs.strides.at('o') * (p.out_features / p.groups));
    }
    if (lift) {
        dims.push_back(1), strides.push_back(p.rhs.strides.at('0') * p.kernel[0]);
        d.stride.push_back(1), d.dilation.push_back(0), d.low.push_back(0), d.high.push_back(0);
    }
    for (size_t i = 0; i < p.kernel.size(); i++) {
        dims.push_back(p.kernel[i]);
        strides.push_back(p.rhs.strides.at(static_cast<char>('0' + i)));
        d.stride.push_back(p.stride[i]), d.dilation.push_back(p.dilation[i] - 1);
        d.low.push_back(p.low[i]), d.high.push_back(p.high[i]);
    }
    d.w = memory::desc(dims, f32, strides);
    return d;
}

/* oneDNN asked for its favourite weights (and activations too, with `any`), with the reorders that
 * a caller with plain buffers then needs. */
static std::function<void()> theirs(Peer &peer, const Descriptors &d, bool any, Buffer *const b[3],
                                    std::string &name) {
    const auto f32 = memory::data_type::f32;
    const auto tag = memory::format_tag::any;
    auto form_of = [&](const memory::desc &plain) {
        return any ? memory::desc(plain.get_dims(), f32, tag) : plain;
    };
    const memory::desc wanted(d.w.get_dims(), f32, tag);
    dnnl::convolution_forward::primitive_desc made(
        peer.engine, dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
        form_of(d.x), wanted, form_of(d.y), d.stride, d.dilation, d.low, d.high);
    name = made.impl_info_str();
    std::vector<std::function<void()>> before, after;
    auto bind = [&](const memory::desc &plain, const memory::desc &inner, Buffer *buffer,
                    bool output) {
        memory outer(plain, peer.engine, buffer->data.get());
        if (inner == plain) return outer;
        memory own(inner, peer.engine);
        memory from = output ? own : outer, to = output ? outer : own;
        dnnl::reorder reorder(from, to);
        (output ? after : before).push_back([=, &peer]() mutable {
            reorder.execute(peer.stream, from, to);
        });
        return own;
    };
    memory x = bind(d.x, made.src_desc(), b[0], false);
    memory w = bind(d.w, made.weights_desc(), b[1], false);
    memory y = bind(d.y, made.dst_desc(), b[2], true);
    dnnl::convolution_forward primitive(made);
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_DST, y}};
    return [=, &peer] {
        for (auto &step : before) step();
        primitive.execute(peer.stream, arguments);
        for (auto &step : after) step();
        peer.stream.wait();
    };
}

/* --- timing ----------------------------------------------------------------------------------- */

static double time_ms(const std::function<void()> &run) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const auto end = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::milli>(end - start).count();
}

static double best_of(const std::function<void()> &run, int times) {
    double best = time_ms(run);
    for (int i = 1; i < times; i++) best = std::min(best, time_ms(run));
    return best;
}

/* The fastest of the ways to serve a plain caller. */
static std::function<void()> fastest_of_theirs(Peer &peer, const Problem &p, Buffer *const b[3],
                                               std::string &name) {
    std::function<void()> best;
    double best_ms = INFINITY;
    for (int way = 0; way < 4; way++) {
        const bool lift = (way & 2) != 0, any = (way & 1) != 0;
        if (lift && p.in.size() != 1) continue;
        try {
            std::string implementation;
            auto run = theirs(peer, describe(p, lift), any, b, implementation);
            const double ms = best_of(run, 4);
            if (ms < best_ms) best_ms = ms, best = run, name = implementation;
        } catch (const dnnl::error &) {
            continue; /* this way is not implemented for the problem */
        }
    }
    return best;
}

/* Largest difference between the two results, of the scale of the values. */
static double difference(const Buffer &a, const Buffer &b) {
    double worst = 0, scale = 1;
    for (int64_t i = 0; i < a.n; i++) {
        worst = std::max(worst, static_cast<double>(std::fabs(a.data.get()[i] - b.data.get()[i])));
        scale = std::max(scale, static_cast<double>(std::fabs(b.data.get()[i])));
    }
    return worst / scale;
}

/* Ratio of a row: the 75th percentile of the paired ratios ours / theirs, as a speed; 0: failed. */
static double compare(Peer &peer, const Row &row, const Options &options) {
    const Problem p = problem_of(row);
    Buffer x(p.lhs.shape), w(p.rhs.shape), y(p.out.shape), z(p.out.shape);
    Buffer *const buffers[3] = {&x, &w, &z};
    std::string our_name, their_name;
    const auto mine = ours(p, x, w, y, options, our_name);
    const auto other = fastest_of_theirs(peer, p, buffers, their_name);
    if (!mine || !other) return 0;
    time_ms(mine), time_ms(other);
    std::vector<double> ratios;
    double best = INFINITY, their_best = INFINITY, spent = 0;
    while (ratios.size() < 10 || spent < 1000 * options.budget) {
        const double a = time_ms(mine), b = time_ms(other);
        best = std::min(best, a), their_best = std::min(their_best, b), spent += a + b;
        ratios.push_back(a / b);
    }
    std::sort(ratios.begin(), ratios.end());
    const double ratio = 1 / ratios[ratios.size() * 3 / 4];
    const double to_gflops = 2e-6 * p.macs;
    std::printf("%-22s %-10s %9.4f ms %7.1f GF/s | oneDNN %9.4f ms %7.1f GF/s %-24s "
                "| %5.2f by min, %5.2f paired | diff %.1e\n",
                row.at("name").c_str(), our_name.c_str(), best, to_gflops / best, their_best,
                to_gflops / their_best, their_name.c_str(), their_best / best, ratio,
                difference(y, z));
    std::fflush(stdout);
    return ratio;
}

static bool selected(const Row &row, const Options &options) {
    const bool last = row.at("layout").back() == 'C';
    if (!options.only.empty()) {
        const auto names = split(options.only, ',');
        return std::find(names.begin(), names.end(), row.at("name")) != names.end();
    }
    for (const auto &part : split(options.classes_without, ','))
        if (row.at("class").find(part) != std::string::npos) return false;
    const int64_t groups = std::atoll(row.at("groups").c_str());
    const int64_t channels = std::atoll(row.at("Cin").c_str()) / groups;
    return row.at("direction") == "fwd" && last != options.channels_first &&
           channels >= options.min_channels &&
           (options.tier == 0 || std::atoi(row.at("tier").c_str()) == options.tier);
}

static int usage() {
    std::fputs("side_by_side --layers FILE [--only A,B] [--tier 1] [--core 0] [--budget 0.5]\n"
               "             [--lowering NAME] [--channels-first 1] [--min-channels 8]\n"
               "             [--without dw,huge,1d-k4096]\n", stderr);
    return 2;
}

static bool parse(int argc, char **argv, Options &o) {
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) return false;
        const std::string name = argv[i], value = argv[i + 1];
        if (name == "--layers") o.layers = value;
        else if (name == "--only") o.only = value;
        else if (name == "--lowering") o.lowering = value;
        else if (name == "--without") o.classes_without = value;
        else if (name == "--tier") o.tier = std::atoi(value.c_str());
        else if (name == "--core") o.core = std::atoi(value.c_str());
        else if (name == "--budget") o.budget = std::atof(value.c_str());
        else if (name == "--min-channels") o.min_channels = std::atoi(value.c_str());
        else if (name == "--channels-first") o.channels_first = std::atoi(value.c_str()) != 0;
        else return false;
    }
    return !o.layers.empty();
}

/* Thread pools read the affinity mask when their library is loaded: pin, then start again. */
static void pin(int core, char **argv) {
    if (std::getenv("SIDE_BY_SIDE_PINNED") != nullptr) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
    setenv("SIDE_BY_SIDE_PINNED", "1", 1);
    setenv("OMP_NUM_THREADS", "1", 1);
    execv("/proc/self/exe", argv);
}

int main(int argc, char **argv) {
    Options options;
    if (!parse(argc, argv, options)) return usage();
    pin(options.core, argv);
    const auto *version = dnnl_version();
    std::printf("liblax %s, oneDNN %d.%d.%d, one thread, plain, f32\n", lax_version(),
                version->major, version->minor, version->patch);
    Peer peer;
    double sum = 0;
    int rows = 0;
    for (const auto &row : read_csv(options.layers)) {
        if (!selected(row, options)) continue;
        const double ratio = compare(peer, row, options);
        if (ratio > 0) sum += std::log(ratio), rows++;
    }
    if (rows > 0) std::printf("geomean of %d rows: %.3f\n", rows, std::exp(sum / rows));
    return rows > 0 ? 0 : 1;
}
