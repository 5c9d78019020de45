/** What only a ClientHello made by hand finds out: compression, fallback, the signs of a downgrade, Diffie-Hellman parameters. */
import { INAPPROPRIATE_FALLBACK } from '../../base/alerts.ts';
import { equal } from '../../base/bytes.ts';
import { SERVER_KEY_EXCHANGE } from '../../wire/handshake.ts';
import { DOWNGRADE_TLS11, DOWNGRADE_TLS12 } from '../../wire/messages/server-hello.ts';
import { TLS_FALLBACK_SCSV } from '../../wire/suite.ts';
import { askRaw, type RawHello, type RawAnswer, type RawTarget } from './hello.ts';

export interface RawFindings {
  /** It chose compression when it was offered: CRIME (S9). Null: not to be found out. */
  readonly compression: boolean | null;
  /** It refused a client that fell back (RFC 7507). Null: it has one version. */
  readonly fallbackScsv: boolean | null;
  /** Its random says that it could have done better (RFC 9846 §4.2.3). Null: it has one version. */
  readonly downgradeSentinel: boolean | null;
  /** Bits of the prime of DHE. Null: no DHE. */
  readonly dhBits: number | null;
}

/** A version that was accepted, with its suites. */
export interface Accepted {
  /** 4 is TLS 1.3, 0 is SSL 3.0. */
  readonly rank: number;
  readonly suites: readonly { readonly id: number; readonly name: string }[];
}

const DEFLATE = 1;

/** `versions`: best first. `onAsk`: a connection is made. */
export async function rawFindings(target: RawTarget, versions: readonly Accepted[], onAsk: () => void): Promise<RawFindings> {
  const ask = (hello: RawHello): Promise<RawAnswer | undefined> => {
    onAsk();
    return askRaw(target, hello).catch(() => undefined);
  };
  const [best] = versions;
  const legacy = versions.filter(({ rank }) => rank < 4);
  const [first] = legacy;
  if (first === undefined || best === undefined) return { compression: null, fallbackScsv: null, downgradeSentinel: null, dhBits: null };
  const lower = versions.find(({ rank }) => rank < best.rank);
  const [packed, fallen, down, dhe] = await Promise.all([
    ask({ ...helloOf(first), compressions: [DEFLATE, 0] }),
    lower === undefined ? undefined : ask({ ...helloOf(lower), suites: [...helloOf(lower).suites, TLS_FALLBACK_SCSV] }),
    lower === undefined || lower.rank === 0 ? undefined : ask(helloOf(lower)),
    dheOf(legacy) === undefined ? undefined : ask({ ...dheOf(legacy)!, groups: false }),
  ]);
  return {
    compression: packed?.hello === undefined ? null : packed.hello.compression !== 0,
    fallbackScsv: lower === undefined || fallen === undefined ? null : fallen.alert === INAPPROPRIATE_FALLBACK,
    downgradeSentinel: down?.hello === undefined ? null : isMarked(down.hello.random, lower!.rank),
    dhBits: primeBits(dhe?.messages.get(SERVER_KEY_EXCHANGE)),
  };
}

function helloOf({ rank, suites }: Accepted): RawHello {
  return { version: 0x0300 + rank, suites: suites.map(({ id }) => id) };
}

function dheOf(legacy: readonly Accepted[]): RawHello | undefined {
  for (const version of legacy) {
    const suites = version.suites.filter(({ name }) => /^TLS_DHE_(RSA|DSS)_/.test(name));
    if (suites.length > 0) return helloOf({ rank: version.rank, suites });
  }
  return undefined;
}

function isMarked(random: Uint8Array, rank: number): boolean {
  return equal(random.subarray(24), rank === 3 ? DOWNGRADE_TLS12 : DOWNGRADE_TLS11);
}

/** ServerDHParams begin with dh_p<1..2^16-1>. */
function primeBits(message: Uint8Array | undefined): number | null {
  if (message === undefined || message.length < 2) return null;
  const prime = message.subarray(2, 2 + ((message[0]! << 8) | message[1]!));
  const first = prime.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : 8 * (prime.length - first - 1) + (32 - Math.clz32(prime[first]!));
}
