/* Connections that come and go: one thread, epoll; each is made, ended, and awaited until the server has closed it.
   connector -p PORT -c AT_ONCE -d SECONDS [-w WARMUP] [-P SERVER_PID]
   Prints one JSON line: connections a second, server CPU ns per connection (from schedstat of all its threads).
   They come from many addresses of 127/8, so that ports in TIME_WAIT do not run out. */
#define _GNU_SOURCE
#include "bench.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct conn { int fd, ended; };
static int ep, port; static unsigned made;

static int64_t pid_cpu_ns(int pid) {
  char p[300]; snprintf(p, sizeof p, "/proc/%d/task", pid);
  DIR *d = opendir(p); if (!d) return 0;
  int64_t sum = 0; struct dirent *e;
  while ((e = readdir(d))) {
    if (e->d_name[0] == '.') continue;
    snprintf(p, sizeof p, "/proc/%d/task/%s/schedstat", pid, e->d_name);
    FILE *f = fopen(p, "r"); long long v = 0;
    if (f) { if (fscanf(f, "%lld", &v) == 1) sum += v; fclose(f); }
  }
  closedir(d); return sum;
}
static void begin(struct conn *c) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + made++ % 2000)};
  int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); c->ended = 0;
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(c->fd, (void *)&from, sizeof from) || (connect(c->fd, (void *)&a, sizeof a) && errno != EINPROGRESS)) { perror("connect"); exit(1); }
  struct epoll_event ev = {.events = EPOLLOUT, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
}
int main(int argc, char **argv) {
  int nc = 16, pid = 0, o; double dur = 1, warm = 0.1;
  while ((o = getopt(argc, argv, "p:c:d:w:P:")) != -1) switch (o) {
    case 'p': port = atoi(optarg); break; case 'c': nc = atoi(optarg); break; case 'd': dur = atof(optarg); break;
    case 'w': warm = atof(optarg); break; case 'P': pid = atoi(optarg); break; }
  ep = epoll_create1(0); struct conn *cs = calloc(nc, sizeof *cs);
  for (int i = 0; i < nc; i++) begin(&cs[i]);
  int64_t start = bench_now(), t_meas = start + warm * 1e9, t_end = t_meas + dur * 1e9, now, tm = 0, cpu0 = 0, done = 0; int measuring = 0;
  struct epoll_event evs[128]; char b[16];
  for (;;) {
    int n = epoll_wait(ep, evs, 128, 2000); now = bench_now();
    if (n == 0) { fprintf(stderr, "stalled\n"); return 1; }
    if (!measuring && now >= t_meas) { measuring = 1; tm = now; cpu0 = pid ? pid_cpu_ns(pid) : 0; done = 0; }
    if (now >= t_end) break;
    for (int i = 0; i < n; i++) {
      struct conn *c = evs[i].data.ptr;
      if (!c->ended) {
        c->ended = 1; shutdown(c->fd, SHUT_WR);
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
      } else if (recv(c->fd, b, sizeof b, MSG_DONTWAIT) >= 0 || errno != EAGAIN) { close(c->fd); done++; begin(c); }
    }
  }
  int64_t cpu = pid ? pid_cpu_ns(pid) - cpu0 : 0; double el = (now - tm) / 1e9;
  printf("{\"w\":\"connections\",\"rps\":%.0f,\"srv_cpu_ns\":%.0f,\"srv_util\":%.3f}\n", done / el, done ? (double)cpu / done : 0, cpu / 1e9 / el);
  return 0;
}
