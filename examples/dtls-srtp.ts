/**
 * Keys for media, RFC 5764, as WebRTC does it: both sides make a certificate that lasts for the call, tell each other its
 * fingerprint over a signalling channel (RFC 8122), and take no other. The keys come from the handshake.
 */
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from 'veritls/crypto/node';
import { connect, type DTLSSession, listen } from 'veritls/dtls';
import { createFingerprintVerifier, createSelfSigned, parseCertificate, sdpFingerprint, writePem } from 'veritls/x509';

const HOUR = 3_600_000;
const PROFILES = 'SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80';
/** Keys and salts of both sides: RFC 7714 §12, RFC 3711 §8.2. */
const KEY_BYTES: Readonly<Record<string, number>> = { SRTP_AEAD_AES_128_GCM: 2 * (16 + 12), SRTP_AES128_CM_SHA1_80: 2 * (16 + 14) };

async function throwAway() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = await createSelfSigned({
    crypto: nodeCrypto,
    key: privateKeyFromKeyObject(privateKey),
    subject: 'CN=call',
    notBefore: Date.now() - HOUR,
    notAfter: Date.now() + HOUR,
  });
  return {
    cert: writePem('CERTIFICATE', der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    fingerprint: sdpFingerprint(nodeCrypto, parseCertificate(der)),
  };
}

/** RFC 5764 §4.2: both sides get the same; which half is whose follows from who was the client. */
function mediaKeys(session: DTLSSession): Buffer {
  const length = KEY_BYTES[session.srtpProfile ?? ''];
  if (length === undefined) throw new Error('no protection of media was agreed on');
  return session.exportKeyingMaterial(length, 'EXTRACTOR-dtls_srtp');
}

const [caller, callee] = [await throwAway(), await throwAway()];

let theirs: Buffer | undefined;
const endpoint = listen(
  (session) => {
    theirs = mediaKeys(session);
  },
  {
    host: '127.0.0.1',
    cert: callee.cert,
    key: callee.key,
    srtp: PROFILES,
    requestCert: true,
    verifier: createFingerprintVerifier(caller.fingerprint),
    // ICE has proven the address already.
    cookies: false,
  },
);
const { port } = (await endpoint.listening)!;

const session = connect('127.0.0.1', port, {
  cert: caller.cert,
  key: caller.key,
  srtp: PROFILES,
  verifier: createFingerprintVerifier(callee.fingerprint),
});
await session.opened;
const ours = mediaKeys(session);
const same = theirs?.equals(ours) === true;
console.log(`${session.protocol}, ${session.srtpProfile}: ${ours.length} bytes of keys, the same on both sides: ${same}`);
await session.close();
await endpoint.close();
if (!same) process.exitCode = 1;
