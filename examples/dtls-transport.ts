/**
 * DTLS over something else than UDP: here two ends in one process whose link loses every third datagram. ICE, a serial line, a
 * tunnel inside another protocol are the same four methods.
 */
import { connect, type DatagramReceiver, type DatagramTransport, listen } from 'veritls/dtls';
import { ca, certificateFor } from './support/certificates.ts';

/** One end of the link. */
class Wire implements DatagramTransport {
  static lost = 0;
  static sent = 0;
  readonly #name: string;
  readonly #peer: () => Wire;
  #receiver: DatagramReceiver | undefined;

  constructor(name: string, peer: () => Wire) {
    this.#name = name;
    this.#peer = peer;
  }

  open(receiver: DatagramReceiver): void {
    this.#receiver = receiver;
    queueMicrotask(() => receiver.listening());
  }

  send(datagram: Uint8Array, _to: unknown, done: (error: Error | null) => void): void {
    // What was handed over belongs to the sender again as soon as `done` is called.
    const copy = datagram.slice();
    Wire.sent++;
    if (Wire.sent % 3 === 0) Wire.lost++;
    else setTimeout(() => this.#peer().#receiver?.message(copy, { address: this.#name, port: 0 }), 5);
    done(null);
  }

  close(): void {
    this.#receiver?.closed();
  }
}

const near: Wire = new Wire('near', () => far);
const far: Wire = new Wire('far', () => near);

const endpoint = listen(
  (session) => {
    session.onmessage = (data) => session.send(data.toString().toUpperCase());
  },
  { transport: far, lossyLink: true, ...(await certificateFor('far.example')) },
);
const session = connect('far', 0, { transport: near, lossyLink: true, ca, servername: 'far.example' });
session.onretransmit = (attempts) => console.log(`no answer yet, repeated (${attempts})`);
await session.opened;

// The handshake repeats itself; data does not. Whoever needs an answer asks again.
let answer = '';
const asking = setInterval(() => session.send('is anybody there?'), 100);
for await (const data of session) {
  answer = data.toString();
  break;
}
clearInterval(asking);
console.log(`${answer}  (${Wire.lost} of ${Wire.sent} datagrams lost, ${session.stats.retransmitCount} flights repeated)`);
session.destroy();
endpoint.destroy();
if (answer !== 'IS ANYBODY THERE?' || Wire.lost === 0) process.exitCode = 1;
