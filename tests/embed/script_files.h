// TorchScript modules for tests, made without Python.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch::test {

/// A network that is easily computed by hand: a 3x3 convolution of stride 2
/// without padding, ReLU, the mean over all pixels.
struct SmallNet {
  std::size_t dim = 0;
  std::vector<float> kernel;  // (dim, 3, 3, 3): out, in, height, width
};

/// Another one for each seed.
SmallNet small_net(std::size_t dim, unsigned seed);

/// Its feature of an input as preprocess() writes it, in double.
std::vector<double> feature_of(const SmallNet& net,
                               const std::vector<float>& input);

/// Saves it as TorchScript.
void save_script(const SmallNet& net, const std::string& path);

/// Saves a module without parameters, given its methods in TorchScript's
/// language: "def forward(self, x):\n  return x\n".
void save_script(const std::string& methods, const std::string& path);

/// Saves what torch.save(model.state_dict()) leaves, as far as it is told by:
/// a zip archive with a pickle and no code.
void save_state_dict(const std::string& path);

/// Saves a module that calls an operation which libtorch does not have.
void save_unknown_operation(const std::string& path);

/// Whether libtorch was built with MKL.
bool has_mkl();

/// Whether this machine and its libtorch have CUDA.
bool has_cuda();

}  // namespace imsearch::test
