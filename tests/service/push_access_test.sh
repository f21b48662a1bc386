#!/bin/bash
# push to a service behind TLS and a password, and to hosts that are none.
set -euo pipefail
# shellcheck source=tests/service/faults.sh
. "$IMSEARCH_SOURCE/tests/service/faults.sh"
# shellcheck source=tests/service/proxy.sh
. "$IMSEARCH_SOURCE/tests/service/proxy.sh"
# shellcheck source=tests/service/push.sh
. "$IMSEARCH_SOURCE/tests/service/push.sh"
export HOME=$work # no ~/.netrc but ours
unset IMSEARCH_USER IMSEARCH_PASSWORD IMSEARCH_API_KEY

node=${IMSEARCH_OPENSEARCH:?run scripts/test-service.sh}
make_rows 50 8
start_proxy "$node"
index=access-$$

# push_to URL [OPTION...]
push_to() {
  "$IMSEARCH_BIN/push" "$1/$index" "$work/fvecs.bin" --dim 8 --engine lucene \
    "${@:2}"
}
as() { IMSEARCH_USER=$1 IMSEARCH_PASSWORD=$2 "${@:3}"; }
expect_untold() {
  ! grep -q sesame "$work/out" "$work/err" || fail "the password is told"
}

echo "the proxy is one: it wants a password over a connection that is verified"
health=/_cluster/health
ask -f --cacert "$ca_file" -u 'reader:open sesame' -o "$work/out" \
  "$proxy_url$health" || fail "no answer"
expect 22 401 ask -f --cacert "$ca_file" "$proxy_url$health"
expect 60 certificate ask "$proxy_url$health"

echo "with the password, from the environment or ~/.netrc, rows are pushed"
expect 0 '50 rows stored' as reader 'open sesame' push_to "$proxy_url" \
  --cacert "$ca_file"
expect_untold
ask -o "$work/out" -X DELETE "$node/$index"
echo 'machine localhost login reader password "open sesame"' >"$work/.netrc"
expect 0 '50 rows stored' push_to "$proxy_url" --cacert "$ca_file"
rm "$work/.netrc"
ask -o "$work/out" -X DELETE "$node/$index"

echo "a proxy that for a while does not encrypt is waited for"
make_rows 3000 1280
export IMSEARCH_USER=reader IMSEARCH_PASSWORD='open sesame'
push_behind_proxy() {
  set -m # so that it is not deaf to SIGINT
  "$IMSEARCH_BIN/push" "$proxy_url/$index" "$work/fvecs.bin" --dim 1280 \
    --engine lucene --connections 1 --cacert "$ca_file" 2>"$work/push.err" &
  pushing=$!
  set +m
  processes+=("$pushing")
}
has_some() { [[ $(number "$node/$index/_stats/indexing" index_total) -gt 0 ]]; }
push_behind_proxy
await 60 has_some || fail "no row arrives: $(<"$work/push.err")"
kill -STOP "$pushing"
restart_proxy_without_tls
kill -CONT "$pushing"
sleep 3 # so that a request meets it
kill -0 "$pushing" || fail "push did not wait: $(<"$work/push.err")"
restart_proxy
await_push 0
expect_said 'requests sent again'
ask -o "$work/out" -X DELETE "$node/$index"

echo "who goes on asks which rows are there as long as --retry-for"
push_behind_proxy
await 60 has_some || fail "no row arrives: $(<"$work/push.err")"
kill -INT "$pushing"
await_push 130
restart_proxy_without_rows
push_behind_proxy
sleep 35 # longer than any other question is asked
kill -0 "$pushing" || fail "push did not wait: $(<"$work/push.err")"
restart_proxy
await_push 0
expect_said 'were there'
unset IMSEARCH_USER IMSEARCH_PASSWORD
ask -o "$work/out" -X DELETE "$node/$index"
make_rows 50 8

echo "another password, and none, are refused, and not told"
expect 1 '401' as reader 'shut sesame' push_to "$proxy_url" --cacert "$ca_file"
grep -q 'as user reader' "$work/err" || fail "who was it?"
expect_untold
expect 1 '401' push_to "$proxy_url" --cacert "$ca_file"
grep -q IMSEARCH_USER "$work/err" || fail "no remedy"

echo "a certificate must be known, and match"
expect 1 'certificate' as reader 'open sesame' push_to "$proxy_url"
expect 1 'no alternative certificate subject' \
  as reader 'open sesame' push_to "$mismatched_url" --cacert "$ca_file"
expect_untold

echo "a password in the URL is refused, and not told"
expect 2 'do not belong into a URL' push_to "https://reader:sesame@localhost:1"
expect_untold

echo "a port that nobody listens at, and a host that is none, are errors at once"
expect 1 "Couldn't connect" push_to "http://127.0.0.1:$(free_port)"
expect 1 'Could not resolve host' push_to http://no-such-host.invalid:9200

echo "a host that takes connections and never answers is not waited for forever"
start_silent_host
expect 1 'timed out' timeout 120 "$IMSEARCH_BIN/push" "$silent_url/$index" \
  "$work/fvecs.bin" --dim 8

echo "a redirect is not followed: a password goes nowhere else"
port=$(free_port)
python3 -c '
import http.server, sys
class Redirect(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", sys.argv[2] + self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Redirect).serve_forever()
' "$port" "$node" &
processes+=($!)
await 10 ask "http://127.0.0.1:$port/" || fail "nothing redirects"
expect 1 'a redirect, which is not followed' \
  as reader 'open sesame' push_to "http://127.0.0.1:$port"

echo "none of them made an index"
[[ $(ask -o "$work/out" -w '%{http_code}' "$node/$index") -eq 404 ]] ||
  fail "an index was made"

echo "who may only load and search does, and what may not be asked is said"
port=$(free_port)
python3 "$IMSEARCH_SOURCE/tests/service/meddler.py" "$port" "$node" \
  '^/(_tasks|_nodes|_cluster|_plugins)' &
processes+=($!)
await 10 ask "http://127.0.0.1:$port/" || fail "no meddler"
expect 0 '50 rows stored' push_to "http://127.0.0.1:$port" --replicas 1
for text in 'not known: memory and disks' 'merged to 1' \
  'replicas are set; this user may not ask' 'not warmed up' 'recall@10 is 1.0000'; do
  grep -qF "$text" "$work/err" || fail "push does not say '$text'"
done
expect 0 'were pushed before' push_to "http://127.0.0.1:$port"
ask -o "$work/out" -X DELETE "$node/$index"
