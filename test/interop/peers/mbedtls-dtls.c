/*
 * A DTLS 1.2 peer on mbedTLS: `client` sends "hello" and prints what comes back, `server` echoes one association.
 *
 * mbedtls-dtls client|server PORT MTU CA CERT KEY PSK
 *
 * `-` stands for nothing. With PSK (hexadecimal, identity "me") certificates are not used.
 */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cookie.h>
#include <mbedtls/timing.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(const char *what, int result) {
  if (result >= 0) return;
  printf("%s failed: -0x%04x\n", what, (unsigned) -result);
  exit(1);
}

static int given(const char *argument) {
  return strcmp(argument, "-") != 0;
}

int main(int argc, char **argv) {
  if (argc != 8) return 2;
  setvbuf(stdout, NULL, _IONBF, 0);
  int is_client = strcmp(argv[1], "client") == 0;
  mbedtls_net_context listener, net;
  mbedtls_net_init(&listener);
  mbedtls_net_init(&net);
  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context random;
  mbedtls_ssl_config config;
  mbedtls_ssl_context ssl;
  mbedtls_ssl_cookie_ctx cookies;
  mbedtls_timing_delay_context timer;
  mbedtls_x509_crt ca, cert;
  mbedtls_pk_context key;
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&random);
  mbedtls_ssl_config_init(&config);
  mbedtls_ssl_init(&ssl);
  mbedtls_ssl_cookie_init(&cookies);
  mbedtls_x509_crt_init(&ca);
  mbedtls_x509_crt_init(&cert);
  mbedtls_pk_init(&key);
  must("seed", mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0));
  must("defaults", mbedtls_ssl_config_defaults(&config, is_client ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER,
    MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT));
  mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random);
  mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_NONE);
  if (given(argv[4])) {
    must("ca", mbedtls_x509_crt_parse_file(&ca, argv[4]));
    mbedtls_ssl_conf_ca_chain(&config, &ca, NULL);
    mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
  }
  if (given(argv[5])) {
    must("certificate", mbedtls_x509_crt_parse_file(&cert, argv[5]));
    must("key", mbedtls_pk_parse_keyfile(&key, argv[6], NULL));
    must("own certificate", mbedtls_ssl_conf_own_cert(&config, &cert, &key));
  }
  if (given(argv[7])) {
    unsigned char psk[32];
    size_t length = strlen(argv[7]) / 2;
    for (size_t i = 0; i < length && i < sizeof psk; i++) sscanf(argv[7] + 2 * i, "%2hhx", &psk[i]);
    must("psk", mbedtls_ssl_conf_psk(&config, psk, length, (const unsigned char *) "me", 2));
  }
  if (!is_client) {
    must("cookies", mbedtls_ssl_cookie_setup(&cookies, mbedtls_ctr_drbg_random, &random));
    mbedtls_ssl_conf_dtls_cookies(&config, mbedtls_ssl_cookie_write, mbedtls_ssl_cookie_check, &cookies);
  }
  must("setup", mbedtls_ssl_setup(&ssl, &config));
  mbedtls_ssl_set_mtu(&ssl, (uint16_t) atoi(argv[3]));
  mbedtls_ssl_set_timer_cb(&ssl, &timer, mbedtls_timing_set_delay, mbedtls_timing_get_delay);
  mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, mbedtls_net_recv_timeout);
  mbedtls_ssl_conf_read_timeout(&config, 20000);
  int result;
  if (is_client) {
    must("connect", mbedtls_net_connect(&net, "127.0.0.1", argv[2], MBEDTLS_NET_PROTO_UDP));
    must("name", mbedtls_ssl_set_hostname(&ssl, "localhost"));
    do result = mbedtls_ssl_handshake(&ssl);
    while (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE);
  } else {
    must("bind", mbedtls_net_bind(&listener, "127.0.0.1", argv[2], MBEDTLS_NET_PROTO_UDP));
    printf("listening\n");
    do {
      unsigned char address[16];
      size_t length;
      mbedtls_net_free(&net);
      must("reset", mbedtls_ssl_session_reset(&ssl));
      must("accept", mbedtls_net_accept(&listener, &net, address, sizeof address, &length));
      must("transport id", mbedtls_ssl_set_client_transport_id(&ssl, address, length));
      mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, mbedtls_net_recv_timeout);
      do result = mbedtls_ssl_handshake(&ssl);
      while (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE);
    } while (result == MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED);
  }
  must("handshake", result);
  printf("%s with %s\n", mbedtls_ssl_get_version(&ssl), mbedtls_ssl_get_ciphersuite(&ssl));
  unsigned char buffer[2000];
  if (is_client) must("write", mbedtls_ssl_write(&ssl, (const unsigned char *) "hello", 5));
  do result = mbedtls_ssl_read(&ssl, buffer, sizeof buffer - 1);
  while (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE);
  must("read", result);
  buffer[result] = 0;
  printf("got %s\n", (char *) buffer);
  if (!is_client) {
    must("write", mbedtls_ssl_write(&ssl, buffer, (size_t) result));
    do result = mbedtls_ssl_read(&ssl, buffer, sizeof buffer);
    while (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE);
  }
  mbedtls_ssl_close_notify(&ssl);
  return 0;
}
