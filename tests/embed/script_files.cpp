#include "embed/script_files.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/script.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

namespace imsearch::test {
namespace {

constexpr std::size_t kPatch = 27;  // 3 channels, 3 x 3

/// The convolution at one place: `input` is (side, side, 3).
double convolved(const float* kernel, const std::vector<float>& input,
                 std::size_t side, std::size_t top, std::size_t left) {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t y = 0; y < 3; ++y)
      for (std::size_t x = 0; x < 3; ++x)
        sum += double{kernel[(c * 3 + y) * 3 + x]} *
               double{input[((top + y) * side + left + x) * 3 + c]};
  return sum;
}

}  // namespace

SmallNet small_net(std::size_t dim, unsigned seed) {
  std::mt19937 random(seed);
  SmallNet net{dim, std::vector<float>(dim * kPatch)};
  for (float& value : net.kernel)
    value = static_cast<float>(random() >> 8) * 0x1p-24F - 0.5F;
  return net;
}

std::vector<double> feature_of(const SmallNet& net,
                               const std::vector<float>& input) {
  const std::size_t pixels = input.size() / 3;
  const auto side = static_cast<std::size_t>(
      std::lround(std::sqrt(static_cast<double>(pixels))));
  const std::size_t places = (side - 3) / 2 + 1;
  std::vector<double> feature(net.dim);
  for (std::size_t i = 0; i < net.dim; ++i) {
    for (std::size_t y = 0; y < places; ++y)
      for (std::size_t x = 0; x < places; ++x)
        feature[i] += std::max(
            0.0, convolved(&net.kernel[i * kPatch], input, side, 2 * y, 2 * x));
    feature[i] /= static_cast<double>(places * places);
  }
  return feature;
}

void save_script(const SmallNet& net, const std::string& path) {
  torch::jit::Module module("small_net");
  const at::Tensor kernel =
      at::tensor(net.kernel)
          .reshape({static_cast<std::int64_t>(net.dim), 3, 3, 3});
  module.register_parameter("kernel", kernel, false);
  module.define(
      "def forward(self, x):\n"
      "  y = torch.relu(torch.conv2d(x, self.kernel, None, [2, 2]))\n"
      "  return y.mean([2, 3])\n");
  module.save(path);
}

void save_script(const std::string& methods, const std::string& path) {
  torch::jit::Module module("module");
  module.define(methods);
  module.save(path);
}

void save_state_dict(const std::string& path) {
  caffe2::serialize::PyTorchStreamWriter archive(path);
  const std::string pickle("\x80\x02}q\0.", 6);  // an empty dict
  archive.writeRecord("data.pkl", pickle.data(), pickle.size());
  archive.writeEndOfFile();
}

void save_unknown_operation(const std::string& path) {
  const std::string known = path + ".known";
  save_script("def forward(self, x):\n  return torch.sigmoid(x)\n", known);
  caffe2::serialize::PyTorchStreamReader from(known);
  caffe2::serialize::PyTorchStreamWriter to(path);
  for (const std::string& name : from.getAllRecords()) {
    const auto [bytes, size] = from.getRecord(name);
    std::string text(static_cast<const char*>(bytes.get()), size);
    const std::size_t at = text.find("torch.sigmoid");
    if (at != std::string::npos) text.replace(at, 13, "torch.of_later");
    to.writeRecord(name, text.data(), text.size());
  }
  to.writeEndOfFile();
}

bool has_mkl() {
  return at::hasMKL();
}

bool has_cuda() {
  return at::hasCUDA();
}

}  // namespace imsearch::test
