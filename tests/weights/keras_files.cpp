// Keras weights files, written with HDF5's C API in the layout of Keras 2
// (engine/topology.py, save_weights_to_hdf5_group).
#include "weights/weights_files.h"

#include "base/error.h"

#include <hdf5.h>

namespace imsearch::test {
namespace {

hid_t checked(hid_t id) {
  if (id < 0) fail("HDF5 refused to write a test file");
  return id;
}

void write_names(hid_t object, const char* attribute,
                 const std::vector<std::string>& names, bool variable_length) {
  std::size_t width = 1;
  for (const std::string& name : names) width = std::max(width, name.size());
  const hid_t type = checked(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, variable_length ? H5T_VARIABLE : width);
  const hsize_t count = names.size();
  const hid_t space = checked(H5Screate_simple(1, &count, nullptr));
  const hid_t id = checked(
      H5Acreate2(object, attribute, type, space, H5P_DEFAULT, H5P_DEFAULT));
  std::string fixed;
  std::vector<const char*> pointers;
  for (const std::string& name : names) {
    fixed += name + std::string(width - name.size(), '\0');
    pointers.push_back(name.c_str());
  }
  const void* data = variable_length ? static_cast<const void*>(pointers.data())
                                     : fixed.data();
  if (!names.empty()) checked(H5Awrite(id, type, data));
  H5Aclose(id);
  H5Sclose(space);
  H5Tclose(type);
}

void write_floats(hid_t group, const std::string& name,
                  const std::vector<hsize_t>& shape,
                  const std::vector<float>& values) {
  const hid_t parents = checked(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_create_intermediate_group(parents, 1);
  const hid_t space = checked(
      H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr));
  const hid_t data =
      checked(H5Dcreate2(group, name.c_str(), H5T_IEEE_F32LE, space, parents,
                         H5P_DEFAULT, H5P_DEFAULT));
  checked(H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                   values.data()));
  H5Dclose(data);
  H5Sclose(space);
  H5Pclose(parents);
}

struct Names {
  std::string conv;
  std::string norm;
};

/// The layers' names for the convolution at `block`, "expand", "depthwise" or
/// "project"; the first and the last convolution have their own.
Names names_of(KerasNames vocabulary, std::size_t block,
               const std::string& part) {
  if (vocabulary == KerasNames::kOfficial)
    return {fmt::format("mobl{0}_conv_{0}_{1}", block, part),
            fmt::format("bn{0}_conv_{0}_bn_{1}", block, part)};
  const std::string name = block == 0 ? "expanded_conv_" + part
                                      : fmt::format("block_{}_{}", block, part);
  return {name, name + "_BN"};
}

std::vector<Names> all_names(KerasNames vocabulary) {
  std::vector<Names> names = {{"Conv1", "bn_Conv1"}};
  for (std::size_t block = 0; block <= 16; ++block) {
    if (block > 0) names.push_back(names_of(vocabulary, block, "expand"));
    names.push_back(names_of(vocabulary, block, "depthwise"));
    names.push_back(names_of(vocabulary, block, "project"));
  }
  names.push_back({"Conv_1", "Conv_1_bn"});
  return names;
}

/// (out, in, height, width) to Keras' (height, width, in, out); depthwise
/// (channels, 1, height, width) to (height, width, channels, 1).
std::vector<float> to_keras_layout(const Convolution& conv,
                                   const std::vector<float>& torch) {
  const std::size_t area = conv.kernel * conv.kernel;
  std::vector<float> keras;
  keras.reserve(torch.size());
  for (std::size_t p = 0; p < area; ++p) {
    if (conv.depthwise) {
      for (std::size_t c = 0; c < conv.in; ++c)
        keras.push_back(torch[c * area + p]);
      continue;
    }
    for (std::size_t i = 0; i < conv.in; ++i)
      for (std::size_t o = 0; o < conv.out; ++o)
        keras.push_back(torch[(o * conv.in + i) * area + p]);
  }
  return keras;
}

class Writer {
 public:
  Writer(hid_t root, const KerasFile& file, std::uint32_t seed)
      : root_(root), file_(file), tensors_(random_tensors(seed)) {}

  void write() {
    H5Gclose(add_layer("input_1", {}));
    const std::vector<Names> names = all_names(file_.names);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (2 * (names.size() - i) <= file_.drop_layers) break;
      const Convolution& conv = mobilenet_convolutions()[i];
      write_conv(names[i].conv, conv, 2 * i == file_.wrong_layer);
      write_norm(names[i].norm, conv, 2 * i + 1 == file_.wrong_layer);
      H5Gclose(add_layer(names[i].conv + "_relu", {}));
    }
    write_names(root_, "layer_names", layers_, file_.variable_length);
  }

 private:
  hid_t add_layer(const std::string& name,
                  const std::vector<std::string>& weights) {
    layers_.push_back(name);
    const hid_t group = checked(
        H5Gcreate2(root_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    write_names(group, "weight_names", weights, file_.variable_length);
    return group;
  }

  void write_conv(const std::string& layer, const Convolution& conv,
                  bool wrong) {
    const std::string weight =
        layer + (conv.depthwise ? "/depthwise_kernel:0" : "/kernel:0");
    const hid_t group = add_layer(layer, {weight});
    const hsize_t wide = conv.kernel + (wrong ? 1 : 0);
    std::vector<float> values =
        to_keras_layout(conv, tensors_.at(conv.weight).values);
    values.resize(values.size() * wide / conv.kernel);
    write_floats(group, weight,
                 {conv.kernel, wide, conv.in, conv.depthwise ? 1 : conv.out},
                 values);
    H5Gclose(group);
  }

  void write_norm(const std::string& layer, const Convolution& conv,
                  bool wrong) {
    std::vector<std::string> weights;
    for (const char* name : {"gamma", "beta", "moving_mean", "moving_variance"})
      weights.push_back(fmt::format("{}/{}:0", layer, name));
    const hid_t group = add_layer(layer, weights);
    for (std::size_t k = 0; k < weights.size(); ++k) {
      std::vector<float> values = tensors_.at(conv.norm + kNormKeys[k]).values;
      if (wrong) values.push_back(0);
      write_floats(group, weights[k], {values.size()}, values);
    }
    H5Gclose(group);
  }

  hid_t root_;
  const KerasFile& file_;
  std::map<std::string, WeightTensor> tensors_;
  std::vector<std::string> layers_;
};

}  // namespace

void write_keras_weights(const std::string& path, const KerasFile& file,
                         std::uint32_t seed) {
  const hid_t id =
      checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
  const hid_t root = file.whole_model
                         ? checked(H5Gcreate2(id, "/model_weights", H5P_DEFAULT,
                                              H5P_DEFAULT, H5P_DEFAULT))
                         : checked(H5Gopen2(id, "/", H5P_DEFAULT));
  Writer(root, file, seed).write();
  H5Gclose(root);
  H5Fclose(id);
}

}  // namespace imsearch::test
