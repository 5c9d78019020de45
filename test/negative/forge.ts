/** Records that no library of ours would seal: a suite whose writing side lets a test choose content type and content. */
import type { Writer } from '../../src/base/writer.ts';
import type { Protection } from '../../src/crypto/protect/protection.ts';
import type { CipherSuite } from '../../src/crypto/suites/suite.ts';

/** What is sealed in the place of the next record. */
export type Forger = (type: number, plain: Uint8Array) => { readonly type: number; readonly plain: Uint8Array };

export class Forge {
  /** Undefined: records are sealed as they are. */
  next: Forger | undefined;

  /** The suite with this forge behind its writing side. */
  arm<S extends CipherSuite>(suite: S): S {
    return {
      ...suite,
      protection: {
        ...suite.protection,
        protect: (crypto, keys, recordShape, direction) => {
          const inner = suite.protection.protect(crypto, keys, recordShape, direction);
          return direction === 'read' ? inner : this.#wrap(inner);
        },
      },
    };
  }

  #wrap(inner: Protection): Protection {
    return {
      outerType: inner.outerType,
      overhead: inner.overhead,
      open: (record, seq) => inner.open(record, seq),
      rest: () => inner.rest(),
      seal: (out: Writer, type, seq, plain) => {
        const forger = this.next;
        this.next = undefined;
        const forged = forger === undefined ? { type, plain } : forger(type, plain);
        inner.seal(out, forged.type, seq, forged.plain);
      },
    };
  }
}
