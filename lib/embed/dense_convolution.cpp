// An ordinary convolution (1 x 1, or the first layer's 3 x 3) by oneDNN, over
// some rows of an image at a time. Everything that depends on the network is
// made once: oneDNN compiles code for just this shape and reorders the weights
// as that code likes them, which takes milliseconds. A bound convolution adds
// the memory of one replica, so that running it is no more than setting two
// pointers.
#include "embed/dense_convolution.h"

#include <cstring>

namespace imsearch {
namespace {

using dnnl::memory;

constexpr auto kFloat = memory::data_type::f32;

memory::dim dim(std::size_t size) {
  return static_cast<memory::dim>(size);
}

/// The layout of some rows of an image: channels of a pixel side by side.
memory::desc rows_desc(std::size_t channels, std::size_t rows,
                       std::size_t width) {
  return {{1, dim(channels), dim(rows), dim(width)},
          kFloat,
          memory::format_tag::nhwc};
}

memory::desc source_desc(const DenseShape& shape) {
  const auto extent = [&](std::size_t outputs) {
    return (outputs - 1) * shape.stride + shape.kernel;
  };
  return rows_desc(shape.in, extent(shape.rows), extent(shape.width));
}

memory::dims weight_dims(const DenseShape& shape) {
  return {dim(shape.out), dim(shape.in), dim(shape.kernel), dim(shape.kernel)};
}

dnnl::primitive_attr attributes(const DenseShape& shape) {
  dnnl::post_ops after;
  if (shape.adds_output) after.append_sum(1.0F);
  if (shape.clipped)
    after.append_eltwise(1.0F, dnnl::algorithm::eltwise_clip, 0.0F, 6.0F);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  // By default oneDNN would take memory for each run. The caller's is one for
  // all convolutions of a replica, which run one after the other.
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

dnnl::convolution_forward::primitive_desc describe(const dnnl::engine& engine,
                                                   const DenseShape& shape) {
  const dnnl::convolution_forward::desc wanted(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      source_desc(shape),
      memory::desc(weight_dims(shape), kFloat, memory::format_tag::any),
      memory::desc({dim(shape.out)}, kFloat, memory::format_tag::x),
      rows_desc(shape.out, shape.rows, shape.width),
      {dim(shape.stride), dim(shape.stride)}, {0, 0}, {0, 0});
  return {wanted, attributes(shape), engine};
}

/// oneDNN wants pointers to non-const, and does not write to a source.
void* handle(const float* data) {
  return const_cast<float*>(data);
}

/// A view that points nowhere yet.
memory unbound(const memory::desc& desc, const dnnl::engine& engine) {
  return {desc, engine, DNNL_MEMORY_NONE};
}

}  // namespace

DenseConvolution::DenseConvolution(const dnnl::engine& engine,
                                   const DenseShape& shape,
                                   const FoldedConvolution& folded)
    : shape_(shape) {
  const auto description = describe(engine, shape);
  source_ = description.src_desc();
  destination_ = description.dst_desc();
  scratch_ = description.scratchpad_desc();
  primitive_ = dnnl::convolution_forward(description);
  // The weights come as (out, in, height, width) and are stored once more in
  // the layout that the compiled code wants, blocked by its vector's length.
  memory plain({weight_dims(shape), kFloat, memory::format_tag::oihw}, engine,
               handle(folded.kernel.data()));
  weights_ = memory(description.weights_desc(), engine);
  dnnl::stream stream(engine);
  dnnl::reorder(plain, weights_).execute(stream, plain, weights_);
  stream.wait();
  bias_ = memory(description.bias_desc(), engine);
  std::memcpy(bias_.get_data_handle(), folded.bias.data(),
              folded.bias.size() * sizeof(float));
}

BoundConvolution::BoundConvolution(const DenseConvolution& convolution,
                                   const dnnl::stream& stream,
                                   const memory& scratch)
    : convolution_(&convolution), stream_(stream) {
  const dnnl::engine engine = stream.get_engine();
  source_ = unbound(convolution.source_, engine);
  destination_ = unbound(convolution.destination_, engine);
  arguments_ = {{DNNL_ARG_SRC, source_},
                {DNNL_ARG_DST, destination_},
                {DNNL_ARG_WEIGHTS, convolution.weights_},
                {DNNL_ARG_BIAS, convolution.bias_},
                {DNNL_ARG_SCRATCHPAD, memory(convolution.scratch_, engine,
                                             scratch.get_data_handle())}};
}

void BoundConvolution::run(const float* in, float* out) {
  source_.set_data_handle(handle(in));
  destination_.set_data_handle(out);
  convolution_->primitive_.execute(stream_, arguments_);
}

}  // namespace imsearch
