/** Every codec of a message: what is read and written again is the same bytes. */
import { equal } from '../../../src/base/bytes.ts';
import { Reader } from '../../../src/base/reader.ts';
import { Writer } from '../../../src/base/writer.ts';
import { type RawExtension, readExtensions } from '../../../src/wire/extensions.ts';
import {
  readCertificateLegacy,
  readRawPublicKeyLegacy,
  writeCertificateLegacy,
  writeRawPublicKeyLegacy,
} from '../../../src/wire/messages/certificate-legacy.ts';
import { readCertificateRequestLegacy, writeCertificateRequestLegacy } from '../../../src/wire/messages/certificate-request-legacy.ts';
import { readCertificateRequest } from '../../../src/wire/messages/certificate-request.ts';
import {
  OCSP_MULTI,
  readCertificateStatus,
  writeCertificateStatus,
  writeCertificateStatuses,
} from '../../../src/wire/messages/certificate-status.ts';
import * as verify from '../../../src/wire/messages/certificate-verify.ts';
import { readCertificate, writeCertificate } from '../../../src/wire/messages/certificate.ts';
import { readClientHello, writeClientHelloHead } from '../../../src/wire/messages/client-hello.ts';
import * as signed from '../../../src/wire/messages/digitally-signed.ts';
import { readNewSessionTicketLegacy, writeNewSessionTicketLegacy } from '../../../src/wire/messages/new-session-ticket-legacy.ts';
import { readNewSessionTicket, writeNewSessionTicket } from '../../../src/wire/messages/new-session-ticket.ts';
import { readServerHello, writeServerHelloHead } from '../../../src/wire/messages/server-hello.ts';
import { recordedMessages } from '../recorded.ts';
import { check, type FuzzTarget, refusing, SMALL } from '../target.ts';

interface Codec {
  readonly name: string;
  /** Reads all of the body, writes what was read. */
  again(r: Reader, w: Writer): void;
}

const CODECS: readonly Codec[] = [
  { name: 'ClientHello', again: (r, w) => clientHello(r, w, false) },
  { name: 'ClientHello of DTLS', again: (r, w) => clientHello(r, w, true) },
  {
    name: 'ServerHello',
    again(r, w) {
      const empty = r.remaining;
      const hello = readServerHello(r);
      writeServerHelloHead(w, hello);
      if (empty > w.length) writeRaw(w, hello.extensions);
    },
  },
  {
    name: 'Certificate',
    again(r, w) {
      const { context, entries } = readCertificate(r);
      writeCertificate(
        w,
        context,
        entries.map(({ der }) => der),
        (to, index) => writeList(to, entries[index]!.extensions),
      );
    },
  },
  { name: 'Certificate of TLS 1.2', again: (r, w) => writeCertificateLegacy(w, readCertificateLegacy(r)) },
  { name: 'raw public key of TLS 1.2', again: (r, w) => writeRawPublicKeyLegacy(w, readRawPublicKeyLegacy(r)) },
  {
    name: 'CertificateRequest',
    again(r, w) {
      const { context, extensions } = readCertificateRequest(r);
      w.vector(1, context);
      writeRaw(w, extensions);
    },
  },
  { name: 'CertificateRequest of TLS 1.2', again: (r, w) => writeCertificateRequestLegacy(w, readCertificateRequestLegacy(r, true)) },
  { name: 'CertificateRequest of TLS 1.0', again: (r, w) => writeCertificateRequestLegacy(w, readCertificateRequestLegacy(r, false)) },
  {
    name: 'CertificateStatus',
    again(r, w) {
      const kind = r.bytes[r.position];
      const responses = readCertificateStatus(r, true);
      if (kind === OCSP_MULTI) writeCertificateStatuses(w, responses);
      else writeCertificateStatus(w, responses[0]!);
    },
  },
  {
    name: 'CertificateVerify',
    again(r, w) {
      const { scheme, signature } = verify.readDigitallySigned(r);
      r.finish();
      verify.writeDigitallySigned(w, scheme, signature);
    },
  },
  { name: 'DigitallySigned of TLS 1.2', again: (r, w) => signed.writeDigitallySigned(w, signed.readDigitallySigned(r, true)) },
  { name: 'DigitallySigned of TLS 1.0', again: (r, w) => signed.writeDigitallySigned(w, signed.readDigitallySigned(r, false)) },
  {
    name: 'NewSessionTicket',
    again(r, w) {
      const ticket = readNewSessionTicket(r);
      writeNewSessionTicket(w, ticket);
      w.length -= 2;
      writeRaw(w, ticket.extensions);
    },
  },
  { name: 'NewSessionTicket of TLS 1.2', again: (r, w) => writeNewSessionTicketLegacy(w, readNewSessionTicketLegacy(r)) },
];

export const messages: FuzzTarget = {
  ...SMALL,
  file: 'messages.ts',
  name: 'messages',
  holds: 'what a codec reads, it writes as the same bytes; all else is refused',
  maxLength: 2_048,
  run(input) {
    const codec = CODECS[(input[0] ?? 0) % CODECS.length]!;
    const body = input.subarray(1);
    const w = new Writer(body.length);
    if (!refusing(() => codec.again(new Reader(body), w))) return;
    check(equal(w.view(), body), `${codec.name}: written otherwise than read`);
  },
  seeds: () => recordedMessages().flatMap((body) => CODECS.map((_, index) => Uint8Array.of(index, ...body))),
};

function clientHello(r: Reader, w: Writer, withCookie: boolean): void {
  const hello = readClientHello(r, withCookie);
  writeClientHelloHead(w, hello, withCookie);
  if (hello.hasExtensions) writeRaw(w, hello.extensions);
}

function writeRaw(w: Writer, extensions: readonly RawExtension[]): void {
  const at = w.open(2);
  writeList(w, extensions);
  w.close(2, at);
  // The block reads as itself, alone too.
  const block = w.view().subarray(at);
  check(readExtensions(new Reader(block)).length === extensions.length, 'extensions: another number');
}

function writeList(w: Writer, extensions: readonly RawExtension[]): void {
  for (const { type, body } of extensions) {
    w.u16(type);
    w.vector(2, body);
  }
}
