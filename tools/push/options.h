// push's command line.
#pragma once

#include "common/cli11.h"

#include "remote/bulk.h"
#include "remote/endpoint.h"
#include "remote/index_meta.h"
#include "remote/service.h"

#include <cstddef>
#include <optional>
#include <string>

namespace imsearch {

struct PushOptions {
  std::string url;
  std::string vectors;
  std::string names;
  std::size_t dim = 0;
  std::string deleted_names;  // --delete
  AccessParams access;
  BulkParams bulk;

  // As given; a new index takes its defaults for the rest, an old one what it
  // was made with.
  std::optional<std::string> engine;
  std::optional<std::string> space;
  std::optional<std::size_t> M;
  std::optional<std::size_t> ef_construction;
  std::optional<std::size_t> ef;
  std::optional<std::string> compression;
  std::optional<std::size_t> shards;
  std::optional<std::size_t> replicas;

  bool replicas_while_loading = false;
  bool plan = false;
  bool force = false;
  bool null = false;
  bool quiet = false;

  void add_to(CLI::App& app);
  /// Throws UsageError.
  void check() const;
};

/// The index that these options ask for, of vectors of `dim` floats, with the
/// engine that choose_engine() chose. `shards` is 0 where the options leave
/// their number open.
IndexSpec wanted_spec(const PushOptions& options, const std::string& engine,
                      std::size_t dim);

/// "lucene" or "faiss", and for people why.
struct EngineChoice {
  std::string engine;
  std::string reason;
};

/// Engine faiss brings a library of machine code, which a node that was put
/// together from bare parts does not have: it dies at the first refresh, and
/// again whenever it starts. So it is taken only where the service says that it
/// was packaged whole.
EngineChoice choose_engine(const PushOptions& options,
                           const ServiceInfo& service);

/// Throws Error naming what differs between the index that is there and what
/// the options ask for; what they leave open is as it is.
void check_same_spec(const PushOptions& options, const IndexSpec& stored,
                     const std::string& where);

}  // namespace imsearch
