/* The floor for TLS: one thread, epoll, OpenSSL on the socket, one SSL_read + SSL_write per readiness.
   tls_epoll PORT CHAIN.pem KEY.pem */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#define BUF 65536
static char buf[BUF];
struct c { int fd, up; SSL *ssl; size_t off, len; char *pend; };
static void gone(struct c *c) { SSL_shutdown(c->ssl); SSL_free(c->ssl); close(c->fd); free(c->pend); free(c); ERR_clear_error(); }
int main(int argc, char **argv) {
  if (argc < 4) return 2;
  signal(SIGPIPE, SIG_IGN);
  SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(ctx, argv[2]) != 1 || SSL_CTX_use_PrivateKey_file(ctx, argv[3], SSL_FILETYPE_PEM) != 1) return 1;
  int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(l, (void *)&a, sizeof a) || listen(l, 1024)) { perror("bind"); return 1; }
  int ep = epoll_create1(0);
  struct c lc = {.fd = l};
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &lc}, evs[256];
  epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev);
  for (;;) {
    int n = epoll_wait(ep, evs, 256, -1);
    for (int i = 0; i < n; i++) {
      struct c *c = evs[i].data.ptr;
      if (c == &lc) {
        int fd;
        while ((fd = accept4(l, 0, 0, SOCK_NONBLOCK)) >= 0) {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          struct c *nc = calloc(1, sizeof *nc);
          nc->fd = fd; nc->ssl = SSL_new(ctx);
          SSL_set_fd(nc->ssl, fd); SSL_set_accept_state(nc->ssl);
          ev.events = EPOLLIN; ev.data.ptr = nc; epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
        }
        continue;
      }
      if (!c->up) {
        int r = SSL_do_handshake(c->ssl);
        if (r != 1) { if (SSL_get_error(c->ssl, r) != SSL_ERROR_WANT_READ) gone(c); continue; }
        c->up = 1;
        if (!SSL_has_pending(c->ssl)) continue;
      }
      if (c->len) {
        int w = SSL_write(c->ssl, c->pend + c->off, (int)(c->len - c->off));
        if (w > 0) c->off += (size_t)w;
        if (c->off < c->len) continue;
        c->len = 0; ev.events = EPOLLIN; ev.data.ptr = c; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
      }
      do {
        int r = SSL_read(c->ssl, buf, BUF);
        if (r <= 0) { if (SSL_get_error(c->ssl, r) != SSL_ERROR_WANT_READ) gone(c), c = 0; break; }
        int off = 0, w;
        while (off < r && (w = SSL_write(c->ssl, buf + off, r - off)) > 0) off += w;
        if (off < r) {
          if (!c->pend) c->pend = malloc(BUF);
          c->len = (size_t)(r - off); c->off = 0; memcpy(c->pend, buf + off, c->len);
          ev.events = EPOLLOUT; ev.data.ptr = c; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
          break;
        }
      } while (SSL_has_pending(c->ssl));
    }
  }
}
