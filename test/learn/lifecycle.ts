/**
 * The life of a connection as its owner sees it: calls and what the peer does on one side, events and refusals on the other. The
 * black box is a connection of TLS 1.3 with a peer that does what it is told.
 */
import { TlsError } from '../../src/base/errors.ts';
import type { Connection } from '../../src/engine/connection.ts';
import { TLS_AES_128_GCM_SHA256 } from '../../src/crypto/suites/modern.ts';
import { cheapCredential, cheapCrypto, cheapVerifier } from '../support/cheap-crypto.ts';
import { clientContext, serverContext } from '../support/contexts.ts';
import { connectPair, type Pair } from '../support/pair.ts';
import type { Mealy } from './mealy.ts';
import type { Subject } from './oracle.ts';
import type { LearnedSubject } from './subjects.ts';

const TEXT = Uint8Array.of(1);

/** What the owner calls, and what the peer does. */
const CALLS: ReadonlyMap<string, (own: Connection, peer: Connection, pair: Pair) => void> = new Map([
  ['handshake', (_own, _peer, pair) => pair.pump()],
  ['send', (own) => void own.send(TEXT)],
  ['updateKeys', (own) => own.updateKeys()],
  ['close', (own) => own.close()],
  ['abort', (own) => own.abort()],
  ['receiveEnd', (own) => own.receiveEnd()],
  ['peer sends', (_own, peer) => void peer.send(TEXT)],
  ['peer updates keys', (_own, peer) => peer.updateKeys(true)],
  ['peer closes', (_own, peer) => peer.close()],
  ['peer aborts', (_own, peer) => peer.abort(new TlsError({ code: 'internal_error', origin: 'local', alert: 80 }))],
]);

export const lifecycle: LearnedSubject = {
  name: 'A connection and its owner',
  file: 'lifecycle-connection',
  side: 'client',
  alphabet: [...CALLS.keys()],
  isDatagram: false,
  transparent: [],
  atMost: new Map([
    ['updateKeys', 4],
    ['peer updates keys', 4],
  ]),
  start() {
    const owned = new Owned();
    return Object.assign(owned, { opening: '-' });
  },
  permitted: () => [],
  judge: problemsOf,
};

/** Each ending has its event, once: behind `closed` there are no events, and calls that need a connection throw. */
function problemsOf(machine: Mealy): string[] {
  const problems: string[] = [];
  machine.output.forEach((row, state) =>
    row.forEach((output, a) => {
      if (!output.split(', ').includes('closed')) return;
      const over = machine.next[state]![a]!;
      machine.alphabet.forEach((symbol, b) => {
        const later = machine.output[over]![b]!;
        const needs = symbol === 'send' || symbol === 'updateKeys';
        if (machine.next[over]![b] !== over || (needs ? !later.startsWith('throws') : later !== '-'))
          problems.push(`state ${state}, ${machine.alphabet[a]!}: closed, and then ${symbol} / ${later}`);
      });
    }),
  );
  return problems;
}

const crypto = cheapCrypto();
const common = {
  crypto,
  suites: [TLS_AES_128_GCM_SHA256],
  schemes: [0x0403],
  verifier: cheapVerifier,
  middleboxCompatibility: false,
} as const;
const client = clientContext({ ...common });
const server = serverContext({ ...common, credentials: [cheapCredential()], tickets: undefined });

class Owned implements Subject {
  readonly #pair = connectPair(client, server, {});
  #seen = 0;

  step(symbol: string): string {
    const own = this.#pair.client.connection;
    const peer = this.#pair.server.connection;
    const said: string[] = [];
    const isPeers = symbol.startsWith('peer');
    try {
      CALLS.get(symbol)!(own, peer, this.#pair);
      // What the peer does while there is no connection does not reach anyone.
      if (own.info !== undefined || own.error !== undefined) this.#pair.pump();
    } catch (error) {
      if (!(error instanceof TlsError) || error.origin !== 'api') throw error;
      if (!isPeers) said.push(`throws ${error.code}`);
    }
    const { events } = this.#pair.client;
    for (let event = own.poll(); event !== undefined; event = own.poll()) events.push(event);
    for (const event of events.slice(this.#seen)) said.push(event.type === 'error' ? `error ${event.error.code}` : event.type);
    this.#seen = events.length;
    return said.length === 0 ? '-' : said.join(', ');
  }
}
