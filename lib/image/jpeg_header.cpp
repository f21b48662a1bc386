#include "image/jpeg_header.h"

#include <algorithm>

namespace imsearch {
namespace {

bool stored_once(const jpeg_component_info& part) {
  return part.h_samp_factor == 1 && part.v_samp_factor == 1;
}

/// What a table's number says; nullptr where there is none. Not all numbers
/// have been checked yet.
template <typename Table, std::size_t kCount>
const Table* numbered(Table* const (&tables)[kCount], int number) {
  const auto i = static_cast<std::size_t>(number);
  return i < kCount ? tables[i] : nullptr;
}

/// Where there is no table: a code without words.
HuffmanCode code_of(const JHUFF_TBL* table) {
  HuffmanCode code;
  if (table == nullptr) return code;
  std::copy(std::begin(table->bits), std::end(table->bits),
            code.counts.begin());
  std::copy(std::begin(table->huffval), std::end(table->huffval),
            code.symbols.begin());
  return code;
}

/// Of each plane; false where one has none.
bool get_steps(
    const jpeg_decompress_struct& codec,
    std::array<std::array<std::uint16_t, kBlockSize>, kChannels>& steps) {
  for (int i = 0; i < codec.num_components; ++i) {
    const JQUANT_TBL* table =
        numbered(codec.quant_tbl_ptrs, codec.comp_info[i].quant_tbl_no);
    if (table == nullptr) return false;
    std::copy(std::begin(table->quantval), std::end(table->quantval),
              steps[static_cast<std::size_t>(i)].begin());
  }
  return true;
}

/// Whether all planes are in the scan, in their order.
bool has_all_planes(const jpeg_decompress_struct& codec) {
  if (codec.comps_in_scan != codec.num_components) return false;
  for (int i = 0; i < codec.num_components; ++i)
    if (codec.cur_comp_info[i] != &codec.comp_info[i]) return false;
  return true;
}

bool is_baseline(const jpeg_decompress_struct& codec) {
  return codec.progressive_mode == FALSE && codec.arith_code == FALSE &&
         codec.data_precision == 8 && has_all_planes(codec) && codec.Ss == 0 &&
         codec.Se == DCTSIZE2 - 1 && codec.Ah == 0 && codec.Al == 0;
}

ScanHeader scan_header(const jpeg_decompress_struct& codec) {
  ScanHeader scan;
  scan.all_planes = has_all_planes(codec);
  scan.plane =
      static_cast<std::size_t>(codec.cur_comp_info[0]->component_index);
  scan.first = static_cast<unsigned>(codec.Ss);
  scan.last = static_cast<unsigned>(codec.Se);
  scan.known = codec.Ah;
  scan.bit = codec.Al;
  for (int i = 0; i < codec.comps_in_scan; ++i) {
    const jpeg_component_info& part = *codec.cur_comp_info[i];
    const auto plane = static_cast<std::size_t>(part.component_index);
    scan.first_codes[plane] = static_cast<std::uint8_t>(part.dc_tbl_no);
    scan.other_codes[plane] = static_cast<std::uint8_t>(part.ac_tbl_no);
  }
  return scan;
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
  Scan scan;
  if (!is_baseline(codec) || !get_steps(codec, scan.steps)) return std::nullopt;
  scan.restart_units = codec.restart_interval;
  for (int i = 0; i < codec.num_components; ++i) {
    const jpeg_component_info& part = codec.comp_info[i];
    const auto plane = static_cast<std::size_t>(i);
    scan.first[plane] =
        code_of(numbered(codec.dc_huff_tbl_ptrs, part.dc_tbl_no));
    scan.others[plane] =
        code_of(numbered(codec.ac_huff_tbl_ptrs, part.ac_tbl_no));
  }
  return scan;
}

std::optional<ProgressiveHeader> progressive_header(
    const jpeg_decompress_struct& codec) {
  ProgressiveHeader header;
  if (codec.progressive_mode == FALSE || codec.arith_code != FALSE ||
      codec.data_precision != 8 || !get_steps(codec, header.steps) ||
      (codec.comps_in_scan != 1 && !has_all_planes(codec)))
    return std::nullopt;
  for (int i = 0; i < codec.num_components; ++i)
    header.ids[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(codec.comp_info[i].component_id);
  for (std::size_t i = 0; i < kCodes; ++i) {
    header.tables.first[i] = code_of(codec.dc_huff_tbl_ptrs[i]);
    header.tables.others[i] = code_of(codec.ac_huff_tbl_ptrs[i]);
  }
  header.scan = scan_header(codec);
  header.restart_units = codec.restart_interval;
  return header;
}

}  // namespace imsearch
