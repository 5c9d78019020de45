/** `veritls cert crl`: an authority's list of certificates that it takes back. */
import { concat, equal, fromHex } from '../../../base/bytes.ts';
import { nodeCrypto } from '../../../crypto/node/index.ts';
import { writePem } from '../../../pki/asn1/pem.ts';
import { type CrlEntryInput, createCrl } from '../../../pki/certs/revocation.ts';
import { parseCrl } from '../../../pki/x509/crl.ts';
import { type Command, EXIT_OK } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { readBytes, readCertificates } from '../../files.ts';
import { printer } from '../../io.ts';
import { integerOption, type OptionSpecs, parseOptions, UsageError } from '../../options.ts';
import { clean } from '../../text.ts';
import { ISSUER_OPTIONS, output, OUTPUT_OPTIONS, readIssuer, refuseToOverwrite } from './fields.ts';
import { REASONS } from './reasons.ts';

const OPTIONS = {
  ...OUTPUT_OPTIONS,
  ...ISSUER_OPTIONS,
  revoke: {
    type: 'string',
    value: 'WHICH',
    multiple: true,
    help: 'a certificate file or a serial number in hexadecimal; FILE=REASON gives the reason',
  },
  from: { type: 'string', value: 'FILE', help: 'begin with the entries of this list, and with the number after its own' },
  days: { type: 'string', value: 'N', help: 'the next list comes within N days: 7 by default' },
  number: { type: 'string', value: 'N', help: 'of this list: 1 by default, or one more than that of --from' },
} as const satisfies OptionSpecs;

const DAY = 86_400_000;
const DAYS = 7;

export const certCrl: Command = {
  name: 'crl',
  summary: 'make the list of certificates that an authority takes back',
  usage: ['--issuer FILE [--issuer-key FILE] [--from FILE] [--revoke WHICH]… [options]'],
  about: [`Reasons: ${REASONS.map(([, name]) => name).join(', ')}.`],
  options: OPTIONS,
  examples: [
    ['veritls cert crl --issuer ca.pem --issuer-key ca-key.pem --revoke www.pem=keyCompromise --out ca.crl', 'the first list'],
    ['veritls cert crl --issuer ca.pem --issuer-key ca-key.pem --from ca.crl --revoke 4a2b --out ca.crl --force', 'the next'],
  ],

  async run(args, io) {
    const { values } = parseOptions(OPTIONS, args, { min: 0, max: 0 });
    const force = values.force === true;
    refuseToOverwrite(values.out, force);
    const issuer = readIssuer(values);
    if (issuer === undefined) throw new UsageError('--issuer is missing');
    const now = Math.floor(Date.now() / 1000) * 1000;
    const before = values.from === undefined ? undefined : parseCrl(readBytes(values.from));
    if (before !== undefined && !before.issuer.equals(issuer.certificate.subject))
      throw new CliError('certificate_rejected', 'the list of --from is of another authority');
    const entries: CrlEntryInput[] = [...(before?.entries() ?? [])].map(({ serial, revocationDate, reason }) => ({
      serial,
      revocationDate,
      reason,
    }));
    const added = (values.revoke ?? []).map((which) => entryOf(which, issuer.certificate.subject.der, now));
    for (const entry of added) if (!entries.some((one) => sameNumber(one.serial, entry.serial))) entries.push(entry);
    const number =
      integerOption('number', values.number, 0, Number.MAX_SAFE_INTEGER) ??
      (before?.crlNumber === undefined ? 1 : numberOf(before.crlNumber) + 1);
    const nextUpdate = now + (integerOption('days', values.days, 1, 3650) ?? DAYS) * DAY;
    const der = await createCrl({ crypto: nodeCrypto, issuer, thisUpdate: now, nextUpdate, number, entries });
    output(io, values.out, values.der === true ? der : writePem('X509 CRL', der), { force, secret: false });
    printer(io.stderr, io.env).line(
      `List ${number} of ${clean(issuer.certificate.subject.toString())}: ${entries.length} revoked, ${added.length} named now; the next by ${new Date(nextUpdate).toISOString().slice(0, 10)}.`,
    );
    return EXIT_OK;
  },
};

function entryOf(which: string, issuerName: Uint8Array, revocationDate: number): CrlEntryInput {
  const match = /^(.*?)(?:=([A-Za-z]+))?$/s.exec(which);
  const what = match?.[1] ?? which;
  const reason = match?.[2] === undefined ? undefined : REASONS.find(([, name]) => name.toLowerCase() === match[2]!.toLowerCase())?.[0];
  if (match?.[2] !== undefined && reason === undefined) throw new UsageError(`unknown reason ${clean(match[2])}`);
  return { serial: serialOf(what, issuerName), revocationDate, ...(reason === undefined ? {} : { reason }) };
}

function serialOf(what: string, issuerName: Uint8Array): Uint8Array {
  const digits = what.replace(/^0x/i, '').replaceAll(':', '');
  if (/^[0-9a-f]+$/i.test(digits) && digits.length <= 40) return fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  const certificate = readCertificates(what)[0]!;
  if (!equal(certificate.issuer.der, issuerName)) throw new CliError('certificate_rejected', `${clean(what)} is not of this authority`);
  return certificate.serial;
}

function sameNumber(a: Uint8Array, b: Uint8Array): boolean {
  const strip = (bytes: Uint8Array): Uint8Array =>
    bytes.subarray(
      Math.max(
        0,
        bytes.findIndex((byte) => byte !== 0),
      ),
    );
  return equal(strip(a), strip(b));
}

/** CRL numbers beyond 2^53 are beyond this command. */
function numberOf(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of concat(bytes)) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw new CliError('unsupported', 'the number of the list before is too large: give --number');
  return value;
}
