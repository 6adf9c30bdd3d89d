/* Loads a TLS echo server: blocking, one thread, all connections in turns.
   tls_load echo PORT CONNECTIONS MESSAGES SIZE      each connection sends SIZE bytes and reads them back, MESSAGES times
   tls_load handshake PORT HANDSHAKES resume|full    connects, sends and reads a byte, closes */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static SSL_CTX *ctx;
static SSL_SESSION *session;
static int keep(SSL *s, SSL_SESSION *n) { (void)s; if (session) SSL_SESSION_free(session); session = n; return 1; }
static SSL *dial(int port, int resume) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (connect(fd, (void *)&a, sizeof a)) { perror("connect"); exit(1); }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  SSL *s = SSL_new(ctx); SSL_set_fd(s, fd);
  if (resume && session) SSL_set_session(s, session);
  if (SSL_connect(s) != 1) { fprintf(stderr, "no handshake\n"); exit(1); }
  return s;
}
static void ask(SSL *s, char *b, int size) {
  if (SSL_write(s, b, size) != size) { fprintf(stderr, "short write\n"); exit(1); }
  for (int got = 0; got < size;) { int r = SSL_read(s, b, size - got); if (r <= 0) { fprintf(stderr, "short read\n"); exit(1); } got += r; }
}
int main(int argc, char **argv) {
  if (argc < 5) return 2;
  static char b[1 << 20];
  ctx = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ctx, keep);
  int port = atoi(argv[2]), n = atoi(argv[3]);
  if (!strcmp(argv[1], "echo")) {
    int messages = atoi(argv[4]), size = atoi(argv[5]);
    SSL **s = calloc((size_t)n, sizeof *s);
    for (int i = 0; i < n; i++) s[i] = dial(port, 0);
    for (int m = 0; m < messages; m++) {
      if (size > 16384) { for (int i = 0; i < n; i++) ask(s[i], b, size); continue; }
      for (int i = 0; i < n; i++) SSL_write(s[i], b, size);
      for (int i = 0; i < n; i++) for (int got = 0; got < size;) got += SSL_read(s[i], b, size - got);
    }
  } else {
    for (int i = 0; i < n; i++) {
      SSL *s = dial(port, !strcmp(argv[4], "resume")); ask(s, b, 1);
      int fd = SSL_get_fd(s); SSL_shutdown(s); SSL_free(s); close(fd);
    }
  }
  return 0;
}
