#include "serve/options.h"

#include "common/cli.h"
#include "common/completion.h"
#include "common/options.h"

#include "io/file.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace imsearch {
namespace {

/// What services allow as the name of an index, and no path of ours.
bool is_index_name(const std::string& name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 200 &&
         std::all_of(name.begin(), name.end(), is_allowed) &&
         name.find_first_of("_-.") != 0 && name != "healthz" &&
         name != "metrics" && name != "favicon.ico";
}

}  // namespace

std::string name_of_file(const std::string& path) {
  const std::string file = base_name(path);
  std::string name = file.substr(0, file.find('.'));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_index_name(std::string("a") + c)) c = '-';
  }
  const std::size_t begin = name.find_first_not_of("_-.");
  name = begin == std::string::npos ? "" : name.substr(begin);
  return is_index_name(name) ? name : "index";
}

void ServeOptions::add_to(CLI::App& app) {
  add_indexes_to(app);
  add_pictures_to(app);
  add_access_to(app);
  app.add_option("--log", log,
                 "A line on standard error for each request: text, json or "
                 "none")
      ->check(CLI::IsMember({"text", "json", "none"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  cli::add_threads(app, threads);
  cli::add_quiet(app, quiet);
  group(app);
}

void ServeOptions::add_indexes_to(CLI::App& app) {
  app.add_option("-i,--index", indexes,
                 "Index file (default: fvecs.bin.hnsw.index); may be given "
                 "several times")
      ->allow_extra_args(false);
  app.add_option("--name", names,
                 "What the index is called in URLs, once for each -i (default: "
                 "its file's name up to the first dot)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--listen", listen,
                 "Where to listen: HOST:PORT, or unix:PATH for a socket's file")
      ->type_name("ADDRESS")
      ->capture_default_str();
  app.add_option("--field", field, "What clients call the field of vectors")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--space", space,
                 "How similarity becomes a score: cosine, l2 or innerproduct")
      ->check(CLI::IsMember({"cosine", "l2", "innerproduct"}))
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--ef", ef,
                 "Candidates kept by searches that do not say how many")
      ->check(cli::whole(1, 10000))
      ->capture_default_str();
}

void ServeOptions::add_pictures_to(CLI::App& app) {
  app.add_option("--root", roots,
                 "The folder that names of images count from (default: the "
                 "working folder), once for all or once for each -i: "
                 "thumbnails are shown of files below it alone")
      ->type_name("FOLDER")
      ->allow_extra_args(false);
  app.add_flag("--no-images", no_images, "Show no thumbnails");
  app.add_option("--weights", weights,
                 "Weights for photos: demo, keras, torchvision or a file "
                 "(default: those that the index records)")
      ->type_name("NAME|FILE")
      ->check(cli::weights_name());
  app.add_option("--model", model,
                 "For photos: the TorchScript file that the index records "
                 "(default: where it was)")
      ->type_name("FILE")
      ->excludes("--weights");
}

void ServeOptions::add_access_to(CLI::App& app) {
  app.add_option("--token-file", token_file,
                 "Answer only who sends the token in this file's first line")
      ->type_name("FILE");
  app.add_flag("--insecure", insecure, "Answer other machines without a token");
  app.add_option("--allow-host", hosts,
                 "A name by which clients may call this service, beside "
                 "localhost and addresses")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--allow-origin", origins,
                 "Pages of another site that may ask: https://HOST, or * for "
                 "all")
      ->type_name("ORIGIN")
      ->allow_extra_args(false);
  app.add_option("--connections", connections,
                 "Most connections at once; others wait")
      ->check(cli::whole(1, 100000))
      ->capture_default_str();
  app.add_option("--line", line,
                 "Most requests that wait for their turn; others get a 503")
      ->check(cli::whole(1, 100000))
      ->capture_default_str();
}

void ServeOptions::group(CLI::App& app) {
  cli::put_under(app, cli::Group::kOften, {"--index", "--name", "--listen"});
  cli::put_under(app, cli::Group::kSearch, {"--ef", "--space", "--field"});
  cli::put_under(app, cli::Group::kImages,
                 {"--root", "--no-images", "--weights", "--model"});
  cli::completes(app, {"--weights"}, cli::kWeightsFiles);
  cli::completes(app, {"--model"}, cli::kModelFiles);
  cli::put_under(app, cli::Group::kService,
                 {"--token-file", "--insecure", "--allow-host",
                  "--allow-origin", "--connections", "--line"});
  cli::completes(app, {"--index"}, cli::kIndexFiles);
  cli::completes(app, {"--space"}, "{cosine,l2,innerproduct}");
  cli::completes(app, {"--log"}, "{text,json,none}");
  cli::add_examples(app, {"", "-i photos.index --name photos",
                          "--listen unix:imsearch.sock"});
}

void ServeOptions::finish() {
  if (indexes.empty()) indexes = {cli::kDefaultIndex};
  if (names.empty())
    for (const std::string& index : indexes)
      names.push_back(name_of_file(index));
  if (names.size() != indexes.size())
    cli::fail_usage("{} of --name for {} of -i: give one for each, or none",
                    names.size(), indexes.size());
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (!is_index_name(*name))
      cli::fail_usage("--name {}: a name has a-z, 0-9, and within it . - _",
                      *name);
    if (std::find(names.begin(), name, *name) != name)
      cli::fail_usage("two indexes are called {}: --name tells them apart",
                      *name);
  }
  if (roots.empty()) roots = {"."};
  if (roots.size() == 1) roots.resize(indexes.size(), roots.front());
  if (roots.size() != indexes.size())
    cli::fail_usage("{} of --root for {} of -i: give one for each, or one",
                    roots.size(), indexes.size());
  if (field.empty() || field == "name" || field == "name_base64" ||
      field[0] == '_')
    cli::fail_usage("--field {}: not a name for the field of vectors", field);
  for (std::string& host : hosts) {
    host = lower_case(host);
    if (host.empty() || host.find_first_of("/:") != std::string::npos)
      cli::fail_usage("--allow-host {}: a host's name alone is meant", host);
  }
  for (std::string& origin : origins) {
    origin = lower_case(origin);
    const std::size_t scheme = origin.find("://");
    if (origin != "*" && (scheme == std::string::npos || scheme == 0 ||
                          origin.find('/', scheme + 3) != std::string::npos ||
                          origin.size() == scheme + 3))
      cli::fail_usage(
          "--allow-origin {}: https://HOST is meant, without a path, or *",
          origin);
  }
  for (const std::string& root : roots)
    if (!no_images && !is_directory(root))
      cli::fail_usage("--root {}: no such folder; --no-images needs none",
                      root);
  if (!model.empty() && !file_exists(model))
    cli::fail_usage("--model {}: no such file", model);
  if (insecure && !token_file.empty())
    cli::fail_usage("--insecure and --token-file: one of them");
}

}  // namespace imsearch
