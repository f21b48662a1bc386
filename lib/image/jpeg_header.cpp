#include "image/jpeg_header.h"

#include <algorithm>

namespace imsearch {
namespace {

bool stored_once(const jpeg_component_info& part) {
  return part.h_samp_factor == 1 && part.v_samp_factor == 1;
}

bool is_baseline(const jpeg_decompress_struct& codec) {
  return codec.progressive_mode == FALSE && codec.arith_code == FALSE &&
         codec.data_precision == 8 &&
         codec.comps_in_scan == codec.num_components && codec.Ss == 0 &&
         codec.Se == DCTSIZE2 - 1 && codec.Ah == 0 && codec.Al == 0;
}

HuffmanCode code_of(const JHUFF_TBL& table) {
  HuffmanCode code;
  std::copy(std::begin(table.bits), std::end(table.bits), code.counts.begin());
  std::copy(std::begin(table.huffval), std::end(table.huffval),
            code.symbols.begin());
  return code;
}

}  // namespace

std::optional<PlaneLayout> plane_layout(const jpeg_decompress_struct& codec) {
  PlaneLayout layout{codec.image_width, codec.image_height,
                     static_cast<std::size_t>(codec.num_components)};
  const jpeg_component_info* parts = codec.comp_info;
  if (codec.jpeg_color_space == JCS_GRAYSCALE && layout.planes == 1 &&
      stored_once(parts[0]))
    return layout;
  if (codec.jpeg_color_space != JCS_YCbCr || layout.planes != kChannels ||
      !stored_once(parts[1]) || !stored_once(parts[2]))
    return std::nullopt;
  layout.across = static_cast<std::size_t>(parts[0].h_samp_factor);
  layout.down = static_cast<std::size_t>(parts[0].v_samp_factor);
  // Of colours that are only 2 values wide, libjpeg repeats each.
  if (layout.across > 2 || layout.down > layout.across ||
      layout.plane_width(1) <= 2)
    return std::nullopt;
  return layout;
}

std::optional<Scan> only_scan(const jpeg_decompress_struct& codec) {
  if (!is_baseline(codec)) return std::nullopt;
  Scan scan;
  scan.restart_units = codec.restart_interval;
  for (int i = 0; i < codec.num_components; ++i) {
    const jpeg_component_info& part = codec.comp_info[i];
    const JQUANT_TBL* steps = codec.quant_tbl_ptrs[part.quant_tbl_no];
    const JHUFF_TBL* first = codec.dc_huff_tbl_ptrs[part.dc_tbl_no];
    const JHUFF_TBL* others = codec.ac_huff_tbl_ptrs[part.ac_tbl_no];
    if (codec.cur_comp_info[i] != &part || steps == nullptr ||
        first == nullptr || others == nullptr)
      return std::nullopt;
    ScanPlane& plane = scan.planes[static_cast<std::size_t>(i)];
    plane.first = code_of(*first);
    plane.others = code_of(*others);
    std::copy(std::begin(steps->quantval), std::end(steps->quantval),
              plane.steps.begin());
  }
  return scan;
}

}  // namespace imsearch
