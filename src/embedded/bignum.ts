/** The big numbers of the Embedded Encryption Manager (guide 4.4): unsigned, big-endian bytes. Not constant-time: public values only. */

/** The sum. */
export function bn_add(a: Uint8Array, b: Uint8Array): Uint8Array {
  return bytesOf(numberOf(a) + numberOf(b));
}

/** The difference; undefined when it is negative. */
export function bn_sub(a: Uint8Array, b: Uint8Array): Uint8Array | undefined {
  const difference = numberOf(a) - numberOf(b);
  return difference < 0n ? undefined : bytesOf(difference);
}

/** The product. */
export function bn_mul(a: Uint8Array, b: Uint8Array): Uint8Array {
  return bytesOf(numberOf(a) * numberOf(b));
}

/** The remainder; undefined for a modulus of zero. */
export function bn_mod(a: Uint8Array, modulus: Uint8Array): Uint8Array | undefined {
  const m = numberOf(modulus);
  return m === 0n ? undefined : bytesOf(numberOf(a) % m);
}

/** `base` to the power of `exponent`, modulo `modulus`. */
export function bn_mod_exp(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array | undefined {
  const m = numberOf(modulus);
  if (m === 0n) return undefined;
  let result = 1n % m;
  let power = numberOf(base) % m;
  for (let e = numberOf(exponent); e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = (result * power) % m;
    power = (power * power) % m;
  }
  return bytesOf(result);
}

/** Less than 0, 0 or more than 0. */
export function bn_cmp(a: Uint8Array, b: Uint8Array): number {
  const left = numberOf(a);
  const right = numberOf(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function bytesOf(value: bigint): Uint8Array {
  const reversed: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) reversed.push(Number(rest & 0xffn));
  return Uint8Array.from(reversed.length === 0 ? [0] : reversed.reverse());
}
