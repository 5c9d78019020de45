/** All targets, cheap ones first. */
import type { FuzzTarget } from '../target.ts';
import { datagram } from './datagram.ts';
import { extensions } from './extensions.ts';
import { dtlsFlights, tlsFlights } from './flights.ts';
import { cookies, sessions } from './kept.ts';
import { messages } from './messages.ts';
import { certificates, derValues, keyFiles, pem, revocation } from './pki.ts';
import { reassembly } from './reassembly.ts';
import { stream } from './stream.ts';

export const TARGETS: readonly FuzzTarget[] = [
  messages,
  derValues,
  pem,
  revocation,
  certificates,
  cookies,
  reassembly,
  keyFiles,
  extensions,
  sessions,
  stream,
  datagram,
  dtlsFlights,
  tlsFlights,
];
