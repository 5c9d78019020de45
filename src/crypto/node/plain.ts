/** Results of node:crypto are Buffers, whose `slice` shares memory; the engine gets plain byte arrays over the same memory. */

export function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

export function fromBase64url(text: string): Uint8Array {
  return plain(Buffer.from(text, 'base64url'));
}
