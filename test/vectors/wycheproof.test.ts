/** Project Wycheproof against the provider: what is valid is accepted, what is invalid refused; `acceptable` is counted either way. */
import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { test } from 'node:test';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { hkdfExpand, hkdfExtract } from '../../src/crypto/kdf/hkdf.ts';
import { ecdhSecret, ecSecret, xdhSecret } from '../../src/crypto/node/curves.ts';
import { nodeCrypto } from '../../src/crypto/node/index.ts';
import { kemSecret } from '../../src/crypto/node/kem.ts';
import type { AeadName, HashName } from '../../src/crypto/port.ts';
import * as scheme from '../../src/wire/signature-scheme.ts';
import { absent, sharedText } from './files.ts';

type Vector = Readonly<Record<string, string>> & { readonly tcId: number; readonly flags: readonly string[] };
type Group = Readonly<Record<string, string | number>> & { readonly tests: readonly Vector[] };
/** Whether the provider accepts; undefined for what TLS has no form for. */
type Judge = (vector: Vector, group: Group) => boolean | undefined;

function run(file: string, judge: Judge, lack?: string): void {
  const path = `vectors/wycheproof/${file}`;
  test(file, { skip: lack ?? absent(path) }, (t) => {
    const { testGroups } = JSON.parse(sharedText(path)!) as { testGroups: readonly Group[] };
    const count = { valid: 0, invalid: 0, 'acceptable, accepted': 0, 'acceptable, refused': 0, 'not of TLS': 0 };
    for (const group of testGroups) {
      for (const vector of group.tests) {
        const accepted = judge(vector, group);
        const result = vector['result'];
        if (accepted === undefined) count['not of TLS']++;
        else if (result === 'acceptable') count[accepted ? 'acceptable, accepted' : 'acceptable, refused']++;
        else {
          assert.equal(accepted, result === 'valid', `${file} ${vector.tcId}: ${vector['comment'] ?? vector.flags.join()}`);
          count[result as 'valid' | 'invalid']++;
        }
      }
    }
    assert.ok(count.valid > 0);
    t.diagnostic(`${file}: ${JSON.stringify(count)}`);
  });
}

function hex(vector: Vector, field: string): Uint8Array {
  return fromHex(vector[field]!);
}

function aead(prefix: string, suffix: (tagSize: number) => string): Judge {
  return (vector, group) => {
    const [keySize, ivSize, tagSize] = [Number(group['keySize']), Number(group['ivSize']), Number(group['tagSize'])];
    const known = (keySize === 128 || keySize === 256) && (tagSize === 128 || (tagSize === 64 && prefix === 'aes-ccm'));
    if (!known || ivSize !== 96) return undefined;
    const name = (prefix === 'chacha20' ? 'chacha20-poly1305' : `aes-${keySize}-${suffix(tagSize)}`) as AeadName;
    const cipher = nodeCrypto.aead(name, hex(vector, 'key'));
    const [iv, aad, msg] = [hex(vector, 'iv'), hex(vector, 'aad'), hex(vector, 'msg')];
    const sealed = vector['ct']! + vector['tag']!;
    const opened = cipher.open(iv, aad, fromHex(sealed));
    if (opened === undefined) return false;
    assert.equal(toHex(opened), vector['msg']);
    const out = new Uint8Array(msg.length + cipher.tagLength + 2);
    cipher.seal(out, 1, iv, aad, msg);
    assert.equal(toHex(out), `00${sealed}00`);
    return true;
  };
}

run(
  'aes_gcm_test.json',
  aead('aes-gcm', () => 'gcm'),
);
run(
  'aes_ccm_test.json',
  aead('aes-ccm', (tagSize) => (tagSize === 64 ? 'ccm-8' : 'ccm')),
);
run(
  'chacha20_poly1305_test.json',
  aead('chacha20', () => ''),
);

function hmac(hash: HashName): Judge {
  return (vector, group) => {
    const mac = nodeCrypto.hmac(hash, hex(vector, 'key'), hex(vector, 'msg'));
    return nodeCrypto.timingSafeEqual(mac.subarray(0, Number(group['tagSize']) / 8), hex(vector, 'tag'));
  };
}

run('hmac_sha1_test.json', hmac('sha1'));
run('hmac_sha256_test.json', hmac('sha256'));
run('hmac_sha384_test.json', hmac('sha384'));
run('hkdf_sha256_test.json', (vector) => {
  const key = hkdfExtract(nodeCrypto, 'sha256', hex(vector, 'salt'), hex(vector, 'ikm'));
  try {
    return toHex(hkdfExpand(nodeCrypto, 'sha256', key, hex(vector, 'info'), Number(vector['size']))) === vector['okm'];
  } catch (error) {
    assert.ok(error instanceof RangeError);
    return false;
  }
});

function signature(number: number): Judge {
  return (vector, group) => {
    const key = nodeCrypto.importPublicKey(fromHex(group['publicKeyDer'] as string));
    return key !== undefined && nodeCrypto.verify(number, key, hex(vector, 'msg'), hex(vector, 'sig')) === true;
  };
}

run('ecdsa_secp256r1_sha256_test.json', signature(scheme.ECDSA_SECP256R1_SHA256));
run('ecdsa_secp384r1_sha384_test.json', signature(scheme.ECDSA_SECP384R1_SHA384));
run('ed25519_test.json', signature(scheme.ED25519));
run('ed448_test.json', signature(scheme.ED448));
run('rsa_signature_2048_sha256_test.json', signature(scheme.RSA_PKCS1_SHA256));
run('rsa_pss_2048_sha256_mgf1_32_test.json', signature(scheme.RSA_PSS_RSAE_SHA256));
run('dsa_2048_256_sha256_test.json', signature(scheme.DSA_SHA256));

function xdh(curve: string, type: string, length: number): Judge {
  return (vector) => {
    const ours = crypto.createPrivateKey({ key: pkcs8(type, vector['private']!), format: 'der', type: 'pkcs8' });
    const secret = xdhSecret(ours, curve, length, hex(vector, 'public'));
    if (secret === undefined) return false;
    assert.equal(toHex(secret), vector['shared']);
    return true;
  };
}

function pkcs8(type: string, scalar: string): Buffer {
  return Buffer.from(type === 'x25519' ? `302e020100300506032b656e04220420${scalar}` : `3046020100300506032b656f043a0438${scalar}`, 'hex');
}

run('x25519_test.json', xdh('X25519', 'x25519', 32));
run('x448_test.json', xdh('X448', 'x448', 56));

/** The raw point; undefined where the vector is about the DER around it. */
function pointOf(vector: Vector, prefix: string): Uint8Array | undefined {
  const text = vector['public']!;
  return text.startsWith(prefix) ? fromHex(text.slice(prefix.length)) : undefined;
}

function ecdh(curve: 'prime256v1' | 'secp384r1', prefix: string): Judge {
  return (vector) => {
    const point = pointOf(vector, prefix);
    if (point === undefined) return undefined;
    const length = curve === 'prime256v1' ? 32 : 48;
    const scalar = vector['private']!.padStart(2 * length, '0').slice(-2 * length);
    const ours = crypto.createECDH(curve);
    ours.setPrivateKey(Buffer.from(scalar, 'hex'));
    const secret = curve === 'prime256v1' ? ecdhSecret(ours, length, point) : ecSecret(keyOf(ours, 'P-384'), 'P-384', length, point);
    if (secret === undefined) return false;
    assert.equal(toHex(secret), vector['shared']);
    return true;
  };
}

function keyOf(ours: crypto.ECDH, crv: string): crypto.KeyObject {
  const point = ours.getPublicKey();
  const half = (point.length - 1) / 2;
  const part = (from: number): string => point.subarray(from, from + half).toString('base64url');
  const d = Buffer.concat([Buffer.alloc(half), ours.getPrivateKey()])
    .subarray(-half)
    .toString('base64url');
  return crypto.createPrivateKey({ key: { kty: 'EC', crv, x: part(1), y: part(1 + half), d }, format: 'jwk' });
}

run('ecdh_secp256r1_test.json', ecdh('prime256v1', '3059301306072a8648ce3d020106082a8648ce3d030107034200'));
run('ecdh_secp256r1_ecpoint_test.json', ecdh('prime256v1', ''));
run('ecdh_secp384r1_ecpoint_test.json', ecdh('secp384r1', ''));

run('rsa_pkcs1_2048_test.json', (vector, group) => {
  const key = nodeCrypto.importPrivateKey(fromHex(group['privateKeyPkcs8'] as string));
  let block: Uint8Array;
  try {
    block = key.decryptRaw!(hex(vector, 'ct')) as Uint8Array;
  } catch {
    return false;
  }
  assert.equal(block.length, 256);
  const zero = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || zero < 10) return false;
  assert.equal(toHex(block.subarray(zero + 1)), vector['msg']);
  return true;
});

const kemLack = nodeCrypto.lacks('MLKEM768');

run(
  'mlkem_768_encaps_test.json',
  (vector) => {
    const answer = nodeCrypto.answerKeyShare('MLKEM768', hex(vector, 'ek'));
    if (answer !== undefined) assert.deepEqual([answer.share.length, answer.secret.length], [1088, 32]);
    return answer !== undefined;
  },
  kemLack,
);
run(
  'mlkem_768_test.json',
  (vector) => {
    const seed = vector['seed']!;
    const der = Buffer.from(`3054020100300b0609608648016503040402044280 40${seed}`.replace(' ', ''), 'hex');
    if (seed.length !== 128) return false;
    const key = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const secret = kemSecret('MLKEM768', key, hex(vector, 'c'));
    return secret !== undefined && toHex(secret) === vector['K'];
  },
  kemLack,
);
