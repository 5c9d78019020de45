/*
 * DTLS 1.2 handshakes of libssl, both ends in memory: prints ms of CPU per handshake with ECDSA P-256, with PSK, and resumed.
 * Arguments: a folder with cert.pem, key.pem, ca.pem, and how many handshakes of each kind.
 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static unsigned int psk_client(SSL *ssl, const char *hint, char *identity, unsigned int max_identity, unsigned char *psk, unsigned int max_psk) {
  (void)ssl; (void)hint; (void)max_psk;
  snprintf(identity, max_identity, "me");
  memset(psk, 1, 16);
  return 16;
}

static unsigned int psk_server(SSL *ssl, const char *identity, unsigned char *psk, unsigned int max_psk) {
  (void)ssl; (void)identity; (void)max_psk;
  memset(psk, 1, 16);
  return 16;
}

static void die(const char *what) {
  fprintf(stderr, "%s\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

/* Moves every datagram that one end has written to the other. Memory BIOs do not keep boundaries, so each flight goes as it is. */
static SSL_SESSION *handshake(SSL_CTX *client_ctx, SSL_CTX *server_ctx, SSL_SESSION *session) {
  SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
  BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(up, -1);
  BIO_set_mem_eof_return(down, -1);
  BIO_up_ref(up);
  BIO_up_ref(down);
  SSL_set_bio(client, down, up);
  SSL_set_bio(server, up, down);
  SSL_set_options(client, SSL_OP_NO_QUERY_MTU);
  SSL_set_options(server, SSL_OP_NO_QUERY_MTU);
  SSL_set_mtu(client, 1400);
  SSL_set_mtu(server, 1400);
  SSL_set_tlsext_host_name(client, "localhost");
  SSL_set1_host(client, "localhost");
  if (session != NULL) SSL_set_session(client, session);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  int done = 0;
  for (int i = 0; i < 20 && !done; i++) {
    int a = SSL_do_handshake(client), b = SSL_do_handshake(server);
    done = a == 1 && b == 1;
  }
  if (!done) die("no handshake");
  if (session != NULL && !SSL_session_reused(client)) die("not resumed");
  SSL_SESSION *got = SSL_get1_session(client);
  /* Without this a session counts as broken. */
  SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_set_shutdown(server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(client);
  SSL_free(server);
  return got;
}

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static double measure(SSL_CTX *client, SSL_CTX *server, int resume, int count) {
  SSL_SESSION *session = resume ? handshake(client, server, NULL) : NULL;
  double best = 1e9;
  for (int turn = 0; turn < 5; turn++) {
    double start = cpu();
    for (int i = 0; i < count; i++) SSL_SESSION_free(handshake(client, server, session));
    double each = (cpu() - start) / count;
    if (each < best) best = each;
  }
  return best;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  char path[4096];
  int count = atoi(argv[2]);
  SSL_CTX *client = SSL_CTX_new(DTLS_client_method()), *server = SSL_CTX_new(DTLS_server_method());
  snprintf(path, sizeof path, "%s/cert.pem", argv[1]);
  if (SSL_CTX_use_certificate_chain_file(server, path) != 1) die("certificate");
  snprintf(path, sizeof path, "%s/key.pem", argv[1]);
  if (SSL_CTX_use_PrivateKey_file(server, path, SSL_FILETYPE_PEM) != 1) die("key");
  snprintf(path, sizeof path, "%s/ca.pem", argv[1]);
  if (SSL_CTX_load_verify_locations(client, path, NULL) != 1) die("ca");
  SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cipher_list(client, "ECDHE-ECDSA-AES128-GCM-SHA256");
  SSL_CTX_set1_groups_list(client, "X25519:P-256");
  double ecdsa = measure(client, server, 0, count);
  double resumed = measure(client, server, 1, count);
  SSL_CTX *psk_c = SSL_CTX_new(DTLS_client_method()), *psk_s = SSL_CTX_new(DTLS_server_method());
  SSL_CTX_set_cipher_list(psk_c, "PSK-AES128-GCM-SHA256");
  SSL_CTX_set_cipher_list(psk_s, "PSK-AES128-GCM-SHA256");
  SSL_CTX_set_psk_client_callback(psk_c, psk_client);
  SSL_CTX_set_psk_server_callback(psk_s, psk_server);
  printf("%f %f %f\n", ecdsa, measure(psk_c, psk_s, 0, count), resumed);
  return 0;
}
