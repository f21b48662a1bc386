// What the last word of an unfinished command line may become: what shells ask
// for when somebody presses the tab key.
//
// `TOOL --complete WORD...` (imsearch-formats(5)) answers from the options that
// the tool registers, so that completions cannot differ from --help. Which
// files and words an option takes is part of its type's name in CLI11, behind
// a colon, which --help leaves out.
#pragma once

#include "common/cli11.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace imsearch::cli {

// What options take: words in braces, endings of files.
inline constexpr const char* kIndexFiles = "index";
inline constexpr const char* kVectorFiles = "bin npy fvecs fbin u8bin i8bin";
inline constexpr const char* kNamesFiles = "txt";
inline constexpr const char* kWeightsFiles =
    "{demo,keras,torchvision} h5 pth safetensors";
inline constexpr const char* kModelFiles = "pt pth ts";
inline constexpr const char* kSheetFiles = "jpg jpeg png";
inline constexpr const char* kPageFiles = "html htm";
inline constexpr const char* kPlotFiles = "svg png";
/// Names in the index that --index names.
inline constexpr const char* kIndexNames = "<names>";
/// Vectors, and those that shards have made.
inline constexpr const char* kShardFiles = "<shards>";
/// Endings of images.
inline constexpr const char* kImageFiles = "<images>";

/// Says what these options of `app`, or its positional arguments, take.
void completes(CLI::App& app, std::initializer_list<const char*> options,
               const std::string& values);

/// Says what `option`, of which completes() has said it, takes instead where
/// one of `others` was given before it.
void completes_after(CLI::App& app, const char* option,
                     std::initializer_list<const char*> others,
                     const std::string& values);

/// Gives names in the file `index` that start with `prefix`, in any number.
using ListNames = std::function<std::vector<std::string>(
    const std::string& index, const std::string& prefix)>;

/// Sets what lists kIndexNames; without it, and where it throws Error, there
/// are none.
void list_names_with(ListNames list);

/// The answer to --complete with these words, the last of which, maybe empty,
/// is to be completed: a line for each candidate, with a tab and what it means
/// where that is known, and at last ":files" with endings where files, and
/// folders on the way to them, may stand there.
std::string completions(const CLI::App& app,
                        const std::vector<std::string>& words);

}  // namespace imsearch::cli
