#!/bin/bash
# Builds every peer that can be built here, and says which cannot. All of it comes from Debian 12 packages:
# libasio-dev liburing-dev libuv1-dev libcurl4-openssl-dev libboost-dev golang-go, librust-{tokio,futures,hyper}-dev
# with cargo; and to run: wrk nginx-light h2o nodejs python3-{uvloop,aiohttp,httpx,uvicorn,httptools,requests}.
cd "$(dirname "$0")" || exit 1

# build OUTPUT SOURCE COMMAND...
build() {
    local out=$1 source=$2 why; shift 2
    [ "$out" -nt "$source" ] && return
    why=$("$@" 2>&1) || echo "skipped: $out ($(grep -m1 -iE 'error|not found|cannot' <<<"$why" | cut -c1-110))"
}
has() { command -v "$1" >/dev/null; }

for f in loadgen connector; do
    build common/$f common/$f.c gcc -O2 -w -Icommon common/$f.c -o common/$f
done
for f in epoll_echo http_epoll delay_server http_client; do
    build raw/$f raw/$f.c gcc -O2 -w -Icommon raw/$f.c -o raw/$f
done
build common/tls_load common/tls_load.c gcc -O2 -w common/tls_load.c -o common/tls_load -lssl -lcrypto
build raw/tls_epoll raw/tls_epoll.c gcc -O2 -w raw/tls_epoll.c -o raw/tls_epoll -lssl -lcrypto
for f in uring_echo syscall_cost; do
    build raw/$f raw/$f.c gcc -O2 -w -Icommon raw/$f.c -o raw/$f -luring
done
# The floors, by each compiler that nurt is compared with.
for cxx in g++ clang++-19; do
    has $cxx || continue
    name=${cxx%++-19}
    build floor/micro-pool-"$name" floor/micro.cpp \
        $cxx -O2 -w -std=c++20 -Icommon -DPOOL=1 floor/micro.cpp -o floor/micro-pool-"$name"
done
build floor/micro-pool floor/micro.cpp g++ -O2 -w -std=c++20 -Icommon -DPOOL=1 floor/micro.cpp -o floor/micro-pool
build floor/micro-malloc floor/micro.cpp g++ -O2 -w -std=c++20 -Icommon -DPOOL=0 floor/micro.cpp -o floor/micro-malloc
build asio/micro-1.22 asio/micro.cpp \
    g++ -O2 -w -std=c++20 -Icommon -DPEER='"asio-1.22"' asio/micro.cpp -o asio/micro-1.22 -pthread
for v in coro cb; do
    build asio/echo_$v-1.22 asio/echo_$v.cpp g++ -O2 -w -std=c++20 asio/echo_$v.cpp -o asio/echo_$v-1.22 -pthread
done
build beast/http beast/http.cpp g++ -O2 -w -std=c++17 beast/http.cpp -o beast/http -pthread
build libuv/micro libuv/micro.c gcc -O2 -w -Icommon libuv/micro.c -o libuv/micro -luv
build libuv/echo libuv/echo.c gcc -O2 -w libuv/echo.c -o libuv/echo -luv
build curl/client curl/client.c gcc -O2 -w -Icommon curl/client.c -o curl/client -lcurl
build w9/w9 w9/w9.c gcc -O2 -w -Icommon w9/w9.c -o w9/w9 -lcurl -lpthread
if has go; then
    for f in micro echo http client; do
        build go/$f go/$f.go env -C go GO111MODULE=off go build -o $f $f.go
    done
    build w9/w9go w9/w9.go env -C w9 GO111MODULE=off go build -o w9go w9.go
else
    echo "skipped: go (not installed)"
fi
if has cargo && compgen -G '/usr/share/cargo/registry/tokio-1*' >/dev/null; then
    build rust/target/release/micro rust/src/bin/micro.rs env -C rust cargo build --release
else
    echo "skipped: tokio, hyper (cargo or librust-tokio-dev is not installed)"
fi
has node || echo "skipped: node (not installed)"
python=${BENCH_PYTHON:-/usr/bin/python3}
for module in uvloop aiohttp httpx uvicorn requests; do
    $python -c "import $module" 2>/dev/null || echo "skipped: python's $module (not installed)"
done
true
