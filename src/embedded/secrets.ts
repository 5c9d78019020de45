/** With TLS_DEBUG_SECRETS: master secrets by the client's random value, for the structures. */
import { fromHex } from '../base/bytes.ts';

const secrets = new Map<string, string>();
const MAX_SECRETS = 256;

/** Takes a line of a key log. */
export function noteSecret(line: string): void {
  const [label, random, secret] = line.split(' ');
  if (label !== 'CLIENT_RANDOM' || random === undefined || secret === undefined) return;
  secrets.set(random, secret);
  const oldest = secrets.keys().next();
  if (secrets.size > MAX_SECRETS && oldest.done !== true) secrets.delete(oldest.value);
}

export function masterSecretOf(clientRandom: string): Uint8Array | undefined {
  const secret = secrets.get(clientRandom);
  return secret === undefined ? undefined : fromHex(secret);
}

export function forgetSecrets(): void {
  secrets.clear();
}
