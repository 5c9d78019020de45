/**
 * Keys for media, RFC 5764, as WebRTC does it: both sides make a certificate that lasts for the call, tell each other its
 * fingerprint over a signalling channel (RFC 8122), and believe nothing else.
 */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from '../src/crypto/node/index.ts';
import { connect, type DTLSSession, listen } from '../src/node/dtls/index.ts';
import { writePem } from '../src/pki/asn1/pem.ts';
import { createSelfSigned } from '../src/pki/certs/create.ts';

const HOUR = 3_600_000;
const PROFILES = 'SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80';
/** Key and salt of each side, RFC 7714 §12 and RFC 3711 §8.2. */
const KEY_BYTES: Readonly<Record<string, number>> = { SRTP_AEAD_AES_128_GCM: 2 * (16 + 12), SRTP_AES128_CM_SHA1_80: 2 * (16 + 14) };

async function throwaway(): Promise<{ cert: string; key: string; fingerprint: string }> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = await createSelfSigned({
    crypto: nodeCrypto,
    key: privateKeyFromKeyObject(privateKey),
    subject: 'CN=call',
    notBefore: Date.now() - HOUR,
    notAfter: Date.now() + HOUR,
  });
  const cert = writePem('CERTIFICATE', der);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
}

/** The keys, once the peer is who the signalling said; else the call ends. */
function mediaKeys(session: DTLSSession, expected: string): Buffer {
  if (session.peerX509Certificate?.fingerprint256 !== expected) {
    session.destroy();
    throw new Error('somebody else answers');
  }
  return session.exportKeyingMaterial(KEY_BYTES[session.srtpProfile!]!, 'EXTRACTOR-dtls_srtp');
}

const [caller, callee] = [await throwaway(), await throwaway()];
// No authority vouches for these certificates, so the usual check is off: `mediaKeys` is the check.
const common = { srtp: PROFILES, rejectUnauthorized: false } as const;

let theirs: Buffer | undefined;
const endpoint = listen(
  (session) => {
    theirs = mediaKeys(session, caller.fingerprint);
  },
  // The address is proven by ICE: no cookie is needed.
  { host: '127.0.0.1', ...common, ...callee, requestCert: true, cookies: false },
);
const { port } = (await endpoint.listening)!;

const session = connect('127.0.0.1', port, { ...common, ...caller });
await session.opened;
const ours = mediaKeys(session, callee.fingerprint);
console.log(`${session.protocol}, ${session.srtpProfile}, ${ours.length} bytes of keys, the same on both sides: ${theirs?.equals(ours)}`);

// Another certificate at the same place: the signalling knows nothing of it.
let refused = '';
try {
  mediaKeys(session, caller.fingerprint);
} catch (error) {
  refused = (error as Error).message;
}
console.log(`with another fingerprint: ${refused}`);
await endpoint.close();
if (!theirs?.equals(ours) || refused === '') process.exitCode = 1;
