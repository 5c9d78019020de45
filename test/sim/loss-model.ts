/**
 * How long a handshake of DTLS 1.2 with a cookie takes when nothing but loss counts: six flights of one datagram each, and the
 * rules of RFC 6347 §4.2.4 alone. It knows nothing of the engine, so that the engine can be held to it.
 */
import { Random } from './random.ts';

export interface ModelOptions {
  readonly loss: number;
  /** A round trip, ms. */
  readonly rtt: number;
  /** A timeout that grew stays until a flight is answered without loss. */
  readonly retain: boolean;
}

const FIRST_MS = 1_000;
const MOST_MS = 60_000;

/** One end: its flight, and when that goes out again. */
interface End {
  flight: number;
  timeout: number;
  /** Infinity: no timer. */
  due: number;
  attempts: number;
  sentAt: number;
  isDone: boolean;
}

/** Flights: 1 ClientHello, 2 HelloVerifyRequest, 3 ClientHello with the cookie, 4 and 6 of the server, 5 of the client. */
export function handshakeTime(options: ModelOptions, random: Random): number {
  const { loss, rtt, retain } = options;
  const client: End = { flight: 0, timeout: FIRST_MS, due: Infinity, attempts: 0, sentAt: -Infinity, isDone: false };
  const server: End = { ...client };
  const flying: { at: number; flight: number }[] = [];
  let now = 0;

  const send = (flight: number): void => {
    if (!random.chance(loss)) flying.push({ at: now + rtt / 2, flight });
  };
  const begin = (end: End, flight: number): void => {
    if (end.flight > 0 && (end.attempts === 0 || !retain)) end.timeout = FIRST_MS;
    end.flight = flight;
    end.attempts = 0;
    again(end);
  };
  const again = (end: End): void => {
    end.sentAt = now;
    // The last flight has no timer: the peer asks for it.
    end.due = end.flight === 6 ? Infinity : now + end.timeout;
    send(end.flight);
  };
  const asked = (end: End): void => {
    if (now - end.sentAt >= FIRST_MS / 2) again(end);
  };
  const arrive = (flight: number): void => {
    if (flight === 1) send(2);
    else if (flight === 2 && client.flight === 1) begin(client, 3);
    else if (flight === 3 && server.flight === 0) begin(server, 4);
    else if (flight === 3 && server.flight === 4) asked(server);
    else if (flight === 4 && client.flight === 3) begin(client, 5);
    else if (flight === 4 && client.flight === 5 && !client.isDone) asked(client);
    else if (flight === 5 && server.flight === 4) {
      begin(server, 6);
      server.isDone = true;
    } else if (flight === 5 && server.flight === 6) asked(server);
    else if (flight === 6 && client.flight === 5) {
      client.isDone = true;
      client.due = Infinity;
    }
  };

  begin(client, 1);
  while (!client.isDone || !server.isDone) {
    flying.sort((a, b) => a.at - b.at);
    now = Math.min(flying[0]?.at ?? Infinity, client.due, server.due);
    if (flying[0]?.at === now) {
      arrive(flying.shift()!.flight);
      continue;
    }
    const end = client.due === now ? client : server;
    end.attempts++;
    end.timeout = Math.min(2 * end.timeout, MOST_MS);
    again(end);
  }
  return now;
}

/** Which part of so many handshakes, in percent, is over within each of these times, ms. */
export function modelShares(options: ModelOptions, times: readonly number[], runs = 20_000): number[] {
  const random = new Random(99);
  const counts = times.map(() => 0);
  for (let i = 0; i < runs; i++) {
    const took = handshakeTime(options, random);
    for (const [index, time] of times.entries()) if (took <= time) counts[index]!++;
  }
  return counts.map((count) => (100 * count) / runs);
}
