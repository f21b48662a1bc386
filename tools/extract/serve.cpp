// extract --serve. Paths are taken as they come and answered in their order,
// while later ones are decoded.
#include "extract/modes.h"

#include "common/cli.h"
#include "common/serve_frame.h"
#include "common/standard_streams.h"

#include "base/error.h"
#include "embed/pipeline.h"
#include "io/output_file.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {
namespace {

void send(OutputFile& out, ServeFrame::Kind kind, std::string_view payload) {
  // In one piece, and at once: the asker waits for it.
  out.write(encode_frame(kind, payload));
  out.flush();
}

}  // namespace

int serve(const ModelOptions& options, unsigned threads) {
  OutputFile out("-");
  std::optional<Model> model;
  try {
    model = load_model(options);
  } catch (const Error& e) {
    // The asker shows it as its own error: nobody reads our standard error for
    // it.
    send(out, ServeFrame::Kind::kFailed, e.what());
    return cli::kFailed;
  }
  const Sidecar hello = model->sidecar();
  send(out, ServeFrame::Kind::kHello, to_json(hello));
  PathReader reader(Separator::kNul);
  PipelineParams params;
  params.threads = threads;
  // At once: a decoder may wait for the next path, while the program that would
  // send it waits for an answer. There are no files that destructors would
  // remove.
  params.on_failure = [] { std::_Exit(cli::report_failure()); };
  PipelineSink sink;
  sink.on_row = [&](std::size_t, const float* feature, const FileFacts&) {
    send(out, ServeFrame::Kind::kRow,
         {reinterpret_cast<const char*>(feature), hello.dim * sizeof(float)});
  };
  sink.on_bad = [&](std::size_t, const std::string& reason, const FileFacts&) {
    send(out, ServeFrame::Kind::kBad, reason);
  };
  run_pipeline([&] { return reader.next(); }, model->preprocessing,
               *model->engine, params, sink);
  return cli::kDone;
}

}  // namespace imsearch
