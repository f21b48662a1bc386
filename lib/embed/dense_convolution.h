// A dense convolution by oneDNN: one image, or some of its rows at a time.
//
// Activations are NHWC: channels of a pixel side by side, pixels of a row side
// by side, so that some rows of an image are one piece of memory.
#pragma once

#include "embed/layer.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <cstddef>
#include <unordered_map>

namespace imsearch {

/// Reads ((rows - 1) * stride + kernel) x ((width - 1) * stride + kernel) x in
/// floats, padding included, and writes rows x width x out.
struct DenseShape {
  std::size_t in = 0;  // channels
  std::size_t out = 0;
  std::size_t kernel = 1;
  std::size_t stride = 1;
  std::size_t rows = 0;  // of the output
  std::size_t width = 0;
  bool clipped = false;      // by ReLU6, at the end
  bool adds_output = false;  // to what the output's memory holds
};

/// Made once and shared by all replicas. Immutable. oneDNN's exceptions are the
/// caller's to translate, here and below.
class DenseConvolution {
 public:
  DenseConvolution(const dnnl::engine& engine, const DenseShape& shape,
                   const FoldedConvolution& folded);

  const DenseShape& shape() const { return shape_; }
  /// Memory that a run needs beside its input and output.
  std::size_t scratch_bytes() const { return scratch_.get_size(); }

 private:
  friend class BoundConvolution;

  DenseShape shape_;
  dnnl::memory::desc source_;
  dnnl::memory::desc destination_;
  dnnl::memory::desc scratch_;
  dnnl::memory weights_;  // in the layout that oneDNN chose
  dnnl::memory bias_;
  dnnl::convolution_forward primitive_;
};

/// One replica's use of a convolution, which must outlive it.
class BoundConvolution {
 public:
  /// `scratch`: scratch_bytes() or more, which others may use between runs.
  BoundConvolution(const DenseConvolution& convolution,
                   const dnnl::stream& stream, const dnnl::memory& scratch);

  /// In the calling thread alone; both pieces of memory as the shape says.
  void run(const float* in, float* out);

 private:
  const DenseConvolution* convolution_;
  dnnl::stream stream_;
  dnnl::memory source_;
  dnnl::memory destination_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

}  // namespace imsearch
