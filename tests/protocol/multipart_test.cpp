#include "protocol/multipart.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("protocol");

using namespace imsearch;

namespace {

Request form(const std::string& body, const std::string& boundary = "xy") {
  Request request;
  request.content_type = "Multipart/Form-Data; boundary=" + boundary;
  request.body = body;
  return request;
}

const std::string kFile =
    "--xy\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
    "--xy\r\ncontent-disposition: form-data; name=\"f\"; "
    "filename=\"b c.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    "\r\n--x\r\nbytes\r\n--xy--\r\n";

}  // namespace

TEST_CASE("a body that is no form is the file") {
  Request request;
  request.body = "bytes";
  CHECK(posted_file(request).bytes == "bytes");
  CHECK(posted_file(request).name.empty());
  request.body.clear();
  CHECK_THROWS_AS(posted_file(request), RequestError);
}

TEST_CASE("the file of a form is taken, with its bytes as they are") {
  const Request request = form(kFile);
  const PostedFile file = posted_file(request);
  CHECK(file.name == "b c.jpg");
  CHECK(file.bytes == "\r\n--x\r\nbytes");
  const Request quoted = form(kFile, "\"xy\"");
  CHECK(posted_file(quoted).bytes == file.bytes);
  const Request preamble = form("before\r\n" + kFile);
  CHECK(posted_file(preamble).bytes == file.bytes);
}

TEST_CASE("a form of two files is refused, but not for a field left empty") {
  const std::string first = kFile.substr(0, kFile.size() - 4);
  const auto second = [&](const std::string& name, const std::string& bytes) {
    return form(first +
                "\r\nContent-Disposition: form-data; name=g; filename=\"" +
                name + "\"\r\n\r\n" + bytes + "\r\n--xy--\r\n");
  };
  CHECK_THROWS_AS(posted_file(second("c.jpg", "other")), RequestError);
  CHECK_THROWS_AS(posted_file(second("", "other")), RequestError);
  const Request unfilled = second("", "");
  CHECK(posted_file(unfilled).name == "b c.jpg");
}

TEST_CASE("forms that are none are refused, wherever they end") {
  // The last boundary's own end may be missing.
  for (std::size_t size = 0; size + 6 < kFile.size(); ++size) {
    const Request cut = form(kFile.substr(0, size));
    CHECK_THROWS_AS(posted_file(cut), RequestError);
  }
  CHECK_THROWS_AS(posted_file(form(kFile, "")), RequestError);
  CHECK_THROWS_AS(posted_file(form(kFile, std::string(71, 'x'))), RequestError);
  CHECK_THROWS_AS(
      posted_file(form("--xy\r\nContent-Disposition: form-data; name=a\r\n\r\n"
                       "1\r\n--xy--\r\n")),
      RequestError);
}

TEST_SUITE_END();
