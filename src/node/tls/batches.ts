/** How chunks of a writer become units for the driver. */
import { SLICE } from '../driver.ts';

/** A chunk that is long enough for records of its own is not copied. */
const LONG = 8_192;

/** Short chunks put together, to units of a slice; long ones stay as they are. `fragment`: cut to so many bytes, a record each. */
export function batches(chunks: readonly Uint8Array[], fragment: number): readonly Uint8Array[] {
  if (fragment > 0) return fragments(chunks, fragment);
  if (chunks.length === 1) return chunks;
  const out: Uint8Array[] = [];
  let batch: Uint8Array[] = [];
  let bytes = 0;
  const close = (): void => {
    if (batch.length > 0) out.push(batch.length === 1 ? batch[0]! : Buffer.concat(batch, bytes));
    batch = [];
    bytes = 0;
  };
  for (const chunk of chunks) {
    const long = chunk.length >= LONG;
    if (long || bytes + chunk.length > SLICE) close();
    batch.push(chunk);
    bytes += chunk.length;
    if (long) close();
  }
  close();
  return out;
}

function fragments(chunks: readonly Uint8Array[], size: number): Uint8Array[] {
  const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  const out: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += size) out.push(all.subarray(at, at + size));
  return out;
}
