# A web server in front of a service: TLS, and a password. Sourced after
# faults.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # set for, and by, who sources it

key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)

# make_certificate NAME HOST: $work/tls/NAME.pem for that host, signed by
# $work/tls/ca.pem.
make_certificate() {
  local tls=$work/tls
  openssl req -new "${key[@]}" -subj "/CN=$2" \
    -keyout "$tls/$1.key" -out "$tls/$1.csr" 2>>"$work/log"
  openssl x509 -req -in "$tls/$1.csr" -days 2 -CA "$tls/ca.pem" \
    -CAkey "$tls/ca.key" -CAcreateserial -out "$tls/$1.pem" \
    -extfile <(echo "subjectAltName=DNS:$2") 2>>"$work/log"
}

make_certificates() {
  mkdir "$work/tls"
  openssl req -x509 "${key[@]}" -days 2 -subj '/CN=test CA' \
    -addext basicConstraints=critical,CA:TRUE \
    -keyout "$work/tls/ca.key" -out "$work/tls/ca.pem" 2>>"$work/log"
  make_certificate localhost localhost
  make_certificate other other.invalid
}

# server PORT CERTIFICATE URL: a host of nginx.
server() {
  cat <<CONF
  server {
    listen 127.0.0.1:$1 ssl;
    ssl_certificate $work/tls/$2.pem;
    ssl_certificate_key $work/tls/$2.key;
    location / {
      auth_basic service;
      auth_basic_user_file $work/proxy/passwords;
      proxy_set_header Authorization "";
      proxy_pass $3;
    }
  }
CONF
}

# start_proxy URL: before that service. Sets
#   proxy_url       TLS, with a certificate for the name in it; wants the user
#                   "reader" with the password "open sesame"
#   mismatched_url  the same with a certificate for another name
#   ca_file         who signed both
#   proxy           its process
start_proxy() {
  local folder=$work/proxy port mismatched
  make_certificates
  mkdir -m 711 "$folder"
  echo "reader:$(openssl passwd -apr1 'open sesame')" >"$folder/passwords"
  port=$(free_port) mismatched=$(free_port)
  {
    echo "daemon off; pid $folder/pid; error_log $folder/error.log;"
    echo 'events {}'
    echo 'http {'
    echo "  access_log $folder/access.log; client_max_body_size 0;"
    for kind in client_body proxy fastcgi uwsgi scgi; do
      echo "  ${kind}_temp_path $folder/$kind;"
    done
    server "$port" localhost "$1"
    server "$mismatched" other "$1"
    echo '}'
  } >"$folder/nginx.conf"
  proxy_url=https://localhost:$port mismatched_url=https://localhost:$mismatched
  ca_file=$work/tls/ca.pem
  run_proxy nginx.conf "$proxy_url"
}

# run_proxy CONFIGURATION URL: returns once it answers there.
run_proxy() {
  local folder=$work/proxy
  PATH=$PATH:/usr/sbin nginx -e "$folder/error.log" -c "$folder/$1" \
    2>>"$work/log" &
  proxy=$!
  processes+=("$proxy")
  await 10 ask -k "$2" || fail "nginx does not start"
}

stop_proxy() {
  kill "$proxy"
  wait "$proxy" || true
}

# The same proxy, as one whose certificates are not there yet.
restart_proxy_without_tls() {
  stop_proxy
  sed 's/ ssl;/;/; /ssl_/d' "$work/proxy/nginx.conf" >"$work/proxy/plain.conf"
  run_proxy plain.conf "http${proxy_url#https}"
}
# The same, as one whose service says that it is busy when asked for rows.
restart_proxy_without_rows() {
  stop_proxy
  sed 's|^ *location / {|location ~ _mget { return 503; } &|' \
    "$work/proxy/nginx.conf" >"$work/proxy/busy.conf"
  run_proxy busy.conf "$proxy_url"
}
restart_proxy() {
  stop_proxy
  run_proxy nginx.conf "$proxy_url"
}
