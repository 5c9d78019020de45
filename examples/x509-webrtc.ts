/**
 * Certificates that live as long as a call, as in WebRTC: each side makes one, tells its fingerprint over a channel that the other trusts
 * (SDP's `a=fingerprint`), and then takes no certificate but that one. Over DTLS, both sides authenticated; somebody in between fails.
 *
 *   node --import tsx examples/x509-webrtc.ts
 */
import { generateKeyPairSync } from 'node:crypto';
import { nodeCrypto, privateKeyFromKeyObject } from 'veritls/crypto/node';
import { connect, listen } from 'veritls/dtls';
import { createFingerprintVerifier, createSelfSigned, parseCertificate, sdpFingerprint, writePem } from 'veritls/x509';

/** A key, a certificate for nobody in particular, and what SDP says of it. */
async function throwAway() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = await createSelfSigned({
    crypto: nodeCrypto,
    key: privateKeyFromKeyObject(privateKey),
    subject: 'CN=WebRTC',
    notBefore: Date.now() - 86_400_000,
    notAfter: Date.now() + 86_400_000,
  });
  return {
    cert: writePem('CERTIFICATE', der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    fingerprint: sdpFingerprint(nodeCrypto, parseCertificate(der)),
  };
}

const alice = await throwAway();
const bob = await throwAway();
console.log(`a=fingerprint:${alice.fingerprint}\na=fingerprint:${bob.fingerprint}`);

const heard: string[] = [];
const endpoint = listen(
  (session) => {
    session.onmessage = (data: Uint8Array) => {
      heard.push(Buffer.from(data).toString());
      session.send(Buffer.from('hello Alice'));
    };
  },
  { host: '127.0.0.1', cert: bob.cert, key: bob.key, requestCert: true, verifier: createFingerprintVerifier(alice.fingerprint) },
);
const { port } = (await endpoint.listening)!;

const call = connect('127.0.0.1', port, { cert: alice.cert, key: alice.key, verifier: createFingerprintVerifier(bob.fingerprint) });
const answer = new Promise<string>((resolve) => {
  call.onmessage = (data: Uint8Array) => resolve(Buffer.from(data).toString());
});
await call.opened;
call.send(Buffer.from('hello Bob'));
const said = await answer;
console.log(`Bob hears: ${heard.join()}; Alice hears: ${said}`);
await call.close();

// Mallory has a certificate too, but not its fingerprint in Alice's SDP.
const mallory = await throwAway();
const wrong = connect('127.0.0.1', port, { cert: mallory.cert, key: mallory.key, verifier: createFingerprintVerifier(bob.fingerprint) });
const outcome = await wrong.opened.then(
  () => 'accepted',
  (error: unknown) => `refused: ${error instanceof Error ? error.message : String(error)}`,
);
console.log(`Mallory is ${outcome}`);
if (heard.join() !== 'hello Bob' || !outcome.startsWith('refused')) process.exitCode = 1;
await endpoint.close();
