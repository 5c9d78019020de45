/** The arrays of config_tls.c (guide 4.4): host certificates with their keys, CA certificates, revoked certificates. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from '../crypto/node/index.ts';
import { equal } from '../base/bytes.ts';
import { COMMON_NAME } from '../pki/asn1/oids.ts';
import { Certificate } from '../pki/x509/certificate.ts';
import { type Fault, fault } from '../pki/x509/failure.ts';
import { matchHostName } from '../pki/x509/host-name.ts';
import { compatible, type Profile } from '../pki/x509/profile.ts';
import { createRevokedStore } from '../pki/x509/revoked-store.ts';
import { type CertificateVerifier, createCertificateVerifier, dangerouslyTrustAnyCertificate } from '../pki/x509/verifier.ts';
import type { HostEntry } from './composition.ts';
import type { TlsConfig } from './config.ts';
import {
  TLS_CERT_TYPE_DSS,
  TLS_CERT_TYPE_ECDSA,
  TLS_CERT_TYPE_RSA,
  TLS_CERTIFICATE_ERR,
  TLS_NULL_PTR_ERR,
  TLS_PARAM_ERR,
  TLS_SIGN_VERIFY,
  TLS_TYPE_ERR,
  type t_tls_ret,
} from './constants.ts';
import { guarded } from './guard.ts';
import { isRsaTooLong } from './provider.ts';
import { CodeError, type t_tls_certificate } from './types.ts';

/** The certificates of a block: one DER after the other, the owner's first. */
export function certificatesOf(entry: t_tls_certificate | null | undefined): Certificate[] {
  if (entry === null || entry === undefined || entry.p_cert_block === null || entry.p_cert_block === undefined)
    throw new CodeError(TLS_NULL_PTR_ERR, 'certificate without its block');
  const block = entry.p_cert_block;
  if (!(block instanceof Uint8Array)) throw new CodeError(TLS_PARAM_ERR, 'p_cert_block is not bytes');
  const end = entry.cert_block_len ?? block.length;
  if (!Number.isInteger(end) || end <= 0 || end > block.length) throw new CodeError(TLS_PARAM_ERR, 'cert_block_len');
  const found: Certificate[] = [];
  for (let at = 0; at < end; ) {
    const length = derLength(block, at, end);
    found.push(new Certificate(block.slice(at, at + length)));
    at += length;
  }
  return found;
}

/** Checks a certificate: its form and its type. TLS_SIGN_VERIFY: it can be used, once its signature is verified. */
export function tls_check_certificate(p_cert: t_tls_certificate | null): t_tls_ret {
  return guarded(() => {
    const [leaf] = certificatesOf(p_cert);
    checkType(p_cert!, leaf!);
    return TLS_SIGN_VERIFY;
  });
}

/** Our certificates; those of authorities and revoked ones are read as well, so that all are known to be certificates. */
export function hostEntries(config: Readonly<TlsConfig>): HostEntry[] {
  for (const entry of [...config.g_tls_arr_ca_cert, ...config.g_tls_arr_rv_cert]) for (const one of certificatesOf(entry)) void one.spki;
  return config.g_tls_arr_host_cert.map((configured) => {
    const chain = certificatesOf(configured);
    const leaf = chain[0]!;
    checkType(configured, leaf);
    const object = privateKeyOf(configured);
    const handle = privateKeyFromKeyObject(object);
    const { spki } = handle;
    if (spki !== undefined && !equal(spki, leaf.spki)) throw new CodeError(TLS_TYPE_ERR, 'the private key is not that of the certificate');
    const key = leaf.subjectKey(nodeCrypto);
    if (key === undefined || isRsaTooLong(key, config))
      throw new CodeError(TLS_TYPE_ERR, 'the key is longer than RSA_KEY_MODULO_LEN or RSA_KEY_EXP_LEN');
    const pkcs8 = new Uint8Array(object.export({ format: 'der', type: 'pkcs8' }));
    return { configured, chain: chain.map((one) => one.der), pkcs8, key: handle };
  });
}

/** Whether a certificate is for a name: a client's may have it as its common name. */
export function isNamed(der: Uint8Array | undefined, name: string): boolean {
  if (der === undefined) return false;
  try {
    const certificate = new Certificate(der);
    return certificate.subject.values(COMMON_NAME).includes(name) || matchHostName(certificate, name, { legacyCommonName: true });
  } catch {
    return false;
  }
}

/** Who is trusted, and with what exceptions. */
export function verifierOf(config: Readonly<TlsConfig>): CertificateVerifier {
  const profile: Profile = { ...compatible, name: 'embedded', minRsaBits: config.TLS_TREAT_RSA512_CERT_INV === 1 ? 513 : 256 };
  const verifier = createCertificateVerifier({
    trustAnchors: config.g_tls_arr_ca_cert.flatMap((entry) => certificatesOf(entry)),
    revoked: createRevokedStore(config.g_tls_arr_rv_cert.flatMap((entry) => certificatesOf(entry))),
    profile: { ...profile, conformance: (certificate, role) => (role === 'leaf' ? keySizeFault(certificate, config) : undefined) },
    legacyCommonName: true,
    dangerouslyIgnoreValidity: config.TLS_CHECK_CERT_EXP === 0,
  });
  return config.TLS_TRUST_ALL_CERT === 1 ? dangerouslyTrustAnyCertificate(verifier) : verifier;
}

/** TLS_MIN_PUB_KEY_SIZE and TLS_MAX_PUB_KEY_SIZE: of the keys that a message with the master key is encrypted to. */
function keySizeFault(certificate: Certificate, config: Readonly<TlsConfig>): Fault | undefined {
  const { keyInfo } = certificate;
  if (keyInfo.type !== 'rsa') return undefined;
  const bytes = Math.ceil((keyInfo.bits ?? 0) / 8);
  if (bytes >= config.TLS_MIN_PUB_KEY_SIZE && bytes <= config.TLS_MAX_PUB_KEY_SIZE) return undefined;
  return fault('weak-key', 'TLS_MAX_PUB_KEY_SIZE', `public key of ${bytes} bytes`);
}

function checkType(entry: t_tls_certificate, leaf: Certificate): void {
  const { type } = leaf.keyInfo;
  const expected = type === 'rsa' || type === 'rsa-pss' ? TLS_CERT_TYPE_RSA : type === 'dsa' ? TLS_CERT_TYPE_DSS : TLS_CERT_TYPE_ECDSA;
  if (entry.cert_type !== expected)
    throw new CodeError(TLS_TYPE_ERR, `cert_type ${String(entry.cert_type)} for a key of type ${type ?? 'unknown'}`);
}

function privateKeyOf(entry: t_tls_certificate): KeyObject {
  const der = entry.p_cert_priv_key;
  if (der === null || der === undefined) throw new CodeError(TLS_NULL_PTR_ERR, 'host certificate without its private key');
  if (!(der instanceof Uint8Array)) throw new CodeError(TLS_PARAM_ERR, 'p_cert_priv_key is not bytes');
  const key = Buffer.from(der.subarray(0, entry.cert_priv_key_len ?? der.length));
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key, format: 'der', type });
    } catch {}
  }
  throw new CodeError(TLS_CERTIFICATE_ERR, 'the private key cannot be read');
}

/** The length of the DER element at `at`, with its header. */
function derLength(block: Uint8Array, at: number, end: number): number {
  const first = block[at + 1] ?? 0;
  let length = first;
  let header = 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 3) throw new CodeError(TLS_CERTIFICATE_ERR, 'certificate is not DER');
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + (block[at + 2 + i] ?? 0);
    header += octets;
  }
  if (block[at] !== 0x30 || at + header + length > end) throw new CodeError(TLS_CERTIFICATE_ERR, 'certificate is not DER');
  return header + length;
}
