/** `Extension extensions<0..2^16-1>`, RFC 9846 §4.3: kept as slices until somebody asks. */
import { ILLEGAL_PARAMETER } from '../base/alerts.ts';
import { fail } from '../base/errors.ts';
import { Reader } from '../base/reader.ts';

export interface RawExtension {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Reads a block of extensions behind its two-byte length. */
export function readExtensions(r: Reader): RawExtension[] {
  const part = r.sub(2);
  const list: RawExtension[] = [];
  const seen = new Set<number>();
  while (part.remaining > 0) {
    const type = part.u16();
    const body = part.vector(2);
    //= rfc9846#section-4.3
    //# There MUST NOT be more than one extension of the same type in a
    //# given extension block.
    //= rfc5246#section-7.4.1.4
    //# There MUST NOT be more than one extension of the same type.
    if (seen.has(type)) fail(ILLEGAL_PARAMETER, 'duplicate_extension', `extension ${type}`);
    seen.add(type);
    list.push({ type, body });
  }
  return list;
}

/** The body of one extension, or undefined. */
export function findExtension(list: readonly RawExtension[], type: number): Reader | undefined {
  for (const extension of list) if (extension.type === type) return new Reader(extension.body);
  return undefined;
}
