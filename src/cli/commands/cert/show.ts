/** `veritls cert show`: what is in a file: certificates, requests, revocation lists, keys, PKCS #12. */
import { toHex } from '../../../base/bytes.ts';
import { TlsError } from '../../../base/errors.ts';
import { nodeCrypto } from '../../../crypto/node/index.ts';
import { DerReader } from '../../../pki/asn1/der-reader.ts';
import { looksLikePem, type PemBlock, readPem } from '../../../pki/asn1/pem.ts';
import { decryptPrivateKey } from '../../../pki/certs/encrypted-key.ts';
import { privateKeyToPkcs8 } from '../../../pki/certs/key-file.ts';
import { readPkcs12 } from '../../../pki/certs/pkcs12.ts';
import { readPkcs7 } from '../../../pki/certs/pkcs7.ts';
import { parseCertificateRequest } from '../../../pki/certs/request.ts';
import { Certificate, isCertificateLabel } from '../../../pki/x509/certificate.ts';
import { parseCrl } from '../../../pki/x509/crl.ts';
import { generalNameText } from '../../../pki/x509/general-name.ts';
import { readKeyInfo } from '../../../pki/x509/spki.ts';
import { type CertificateView, keyText, validityText, viewCertificate, viewKey } from '../../certificate-view.ts';
import { type Command, EXIT_FAILED, EXIT_OK } from '../../command.ts';
import { CliError, errorLine } from '../../errors.ts';
import { readBytes } from '../../files.ts';
import { printer } from '../../io.ts';
import { type OptionSpecs, parseOptions } from '../../options.ts';
import { renderPairs } from '../../table.ts';
import { clean, type Paint } from '../../text.ts';
import { passphraseOf } from './fields.ts';
import { reasonName } from './reasons.ts';

const OPTIONS = {
  passphrase: { type: 'string', value: 'TEXT', help: 'for encrypted keys and PKCS #12; or VERITLS_PASSPHRASE in the environment' },
  json: { type: 'boolean', help: 'an array, as JSON' },
} as const satisfies OptionSpecs;

type Pairs = [string, string | readonly string[]][];

/** One thing in a file. Private keys are described, never printed. */
interface Shown {
  readonly kind: 'certificate' | 'request' | 'crl' | 'private key' | 'unknown';
  readonly file: string;
  readonly view: object;
  readonly title: string;
  readonly pairs: (paint: Paint) => Pairs;
  readonly bad?: boolean;
}

const MOST_ENTRIES = 20;

export const certShow: Command = {
  name: 'show',
  summary: 'what is in a file',
  usage: ['FILE… [options]'],
  about: [
    'Certificates, requests, revocation lists and keys in PEM or DER, PKCS #7 and PKCS #12. - is standard input. Of a private key only its public half is told.',
  ],
  options: OPTIONS,
  examples: [['veritls cert show chain.pem', 'all of them']],

  run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 1, max: 1000 });
    const out = printer(io.stdout, io.env);
    const passphrase = passphraseOf(values, io.env);
    const shown = positionals.flatMap((file) => {
      const found = read(file, readBytes(file), passphrase);
      if (found.length === 0) throw new CliError('bad_pem', `nothing that is known in ${clean(file)}`);
      return found;
    });
    if (values.json === true)
      io.stdout.write(
        `${JSON.stringify(
          shown.map(({ kind, file, view }) => ({ kind, file, ...view })),
          undefined,
          2,
        )}\n`,
      );
    else {
      shown.forEach((one, i) => {
        if (i > 0) out.line();
        out.line(
          `${one.bad === true ? out.paint.red(one.title) : out.paint.bold(one.title)}${positionals.length > 1 ? out.paint.dim(`  ${clean(one.file)}`) : ''}`,
        );
        for (const line of renderPairs(one.pairs(out.paint), out.paint)) out.line(line);
      });
    }
    return Promise.resolve(shown.some((one) => one.bad === true) ? EXIT_FAILED : EXIT_OK);
  },
};

function read(file: string, bytes: Uint8Array, passphrase: string | undefined): Shown[] {
  if (bytes.length === 0) return [];
  if (looksLikePem(bytes)) return readPem(bytes).flatMap((block) => guarded(file, block.label, () => showBlock(file, block, passphrase)));
  // DER does not say what it is: the first reading that succeeds.
  const readings: readonly (() => Shown[])[] = [
    () => [showCertificate(file, new Certificate(bytes))],
    () => [showCrl(file, bytes)],
    () => [showRequest(file, bytes)],
    () => showPkcs7(file, bytes),
    () => [showKey(file, passphrase === undefined ? privateKeyToPkcs8(bytes) : decryptPrivateKey(nodeCrypto, bytes, passphrase))],
  ];
  let first: unknown;
  for (const reading of isPkcs12(bytes) ? [() => showPkcs12(file, bytes, passphrase)] : readings) {
    try {
      return reading();
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      first ??= error;
    }
  }
  throw first;
}

function showBlock(file: string, block: PemBlock, passphrase: string | undefined): Shown[] {
  const { label, der } = block;
  if (isCertificateLabel(label)) return [showCertificate(file, new Certificate(der))];
  switch (label) {
    case 'X509 CRL':
      return [showCrl(file, der)];
    case 'CERTIFICATE REQUEST':
    case 'NEW CERTIFICATE REQUEST':
      return [showRequest(file, der)];
    case 'PKCS7':
    case 'CMS':
      return showPkcs7(file, der);
    default:
      if (!label.endsWith('PRIVATE KEY'))
        return [{ kind: 'unknown', file, view: { label }, title: `PEM block ${label}`, pairs: () => [['bytes', String(der.length)]] }];
      return [showPrivateKey(file, block, passphrase)];
  }
}

function showPrivateKey(file: string, block: PemBlock, passphrase: string | undefined): Shown {
  const encrypted = block.label.startsWith('ENCRYPTED') || block.headers.some((line) => line.includes('ENCRYPTED'));
  if (encrypted && passphrase === undefined)
    return {
      kind: 'private key',
      file,
      view: { encrypted: true },
      title: 'Private key',
      pairs: () => [['key', 'encrypted: --passphrase opens it']],
    };
  const headers = block.headers.length === 0 ? '' : `${block.headers.join('\n')}\n\n`;
  const base64 = Buffer.from(block.der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n');
  const pem = `-----BEGIN ${block.label}-----\n${headers}${base64}\n-----END ${block.label}-----\n`;
  return showKey(file, passphrase === undefined ? privateKeyToPkcs8(pem) : decryptPrivateKey(nodeCrypto, pem, passphrase));
}

function showKey(file: string, pkcs8: Uint8Array): Shown {
  const { spki } = nodeCrypto.importPrivateKey(pkcs8);
  const key = viewKey(readKeyInfo(spki!));
  const spki256 = toHex(nodeCrypto.digest('sha256', spki!));
  return {
    kind: 'private key',
    file,
    view: { encrypted: false, key, spki256 },
    title: 'Private key',
    pairs: () => [
      ['key', keyText(key)],
      ['public key sha256', spki256],
    ],
  };
}

function showPkcs7(file: string, bytes: Uint8Array): Shown[] {
  const { certificates, crls } = readPkcs7(bytes);
  return [...certificates.map((one) => showCertificate(file, one)), ...crls.map((one) => showCrl(file, one.der))];
}

function showPkcs12(file: string, bytes: Uint8Array, passphrase: string | undefined): Shown[] {
  if (passphrase === undefined) throw new CliError('bad_key', `${clean(file)} is PKCS #12: --passphrase opens it`);
  const content = readPkcs12(nodeCrypto, bytes, passphrase);
  return [
    ...content.certificates.map(({ certificate }) => showCertificate(file, certificate)),
    ...content.keys.map(({ pkcs8 }) => showKey(file, pkcs8)),
  ];
}

function showCertificate(file: string, certificate: Certificate): Shown {
  const view = viewCertificate(certificate);
  return {
    kind: 'certificate',
    file,
    view,
    title: `Certificate ${view.subject === '' ? 'without a subject' : view.subject}`,
    pairs: (paint) => certificatePairs(view, certificate, paint),
  };
}

function certificatePairs(view: CertificateView, certificate: Certificate, paint: Paint): Pairs {
  const pairs: Pairs = [['issuer', view.selfIssued ? 'itself' : view.issuer]];
  if (view.names.length > 0) pairs.push(['names', view.names]);
  pairs.push(['valid', validityText(view, Date.now(), paint)], ['serial', view.serial], ['version', String(certificate.version)]);
  pairs.push(['key', keyText(view.key)], ['signature', view.signature]);
  pairs.push(['authority', view.ca ? `yes${view.pathLength === undefined ? '' : `, path length ${view.pathLength}`}` : 'no']);
  if (view.keyUsage !== undefined) pairs.push(['key usage', view.keyUsage.join(', ')]);
  if (view.extendedKeyUsage !== undefined) pairs.push(['purposes', view.extendedKeyUsage.join(', ')]);
  if (view.permittedNames !== undefined) pairs.push(['permitted names', view.permittedNames]);
  if (view.excludedNames !== undefined) pairs.push(['excluded names', view.excludedNames]);
  if (view.policies !== undefined) pairs.push(['policies', view.policies]);
  if (view.crlUris !== undefined) pairs.push(['revocation list', view.crlUris]);
  if (view.ocspUris !== undefined) pairs.push(['OCSP', view.ocspUris]);
  if (view.issuerUris !== undefined) pairs.push(['issuer at', view.issuerUris]);
  if (view.mustStaple === true) pairs.push(['must staple', 'yes (RFC 7633)']);
  if (view.subjectKeyId !== undefined) pairs.push(['key identifier', view.subjectKeyId]);
  if (view.authorityKeyId !== undefined) pairs.push(['issuer’s key', view.authorityKeyId]);
  if (view.otherExtensions !== undefined) pairs.push(['other extensions', view.otherExtensions]);
  pairs.push(['sha256', view.fingerprint256], ['public key sha256', view.spki256]);
  if (view.faults !== undefined) pairs.push(['faults', view.faults.map((fault) => paint.red(fault))]);
  return pairs;
}

function showCrl(file: string, bytes: Uint8Array): Shown {
  const crl = parseCrl(bytes);
  const entries = [...crl.entries()].map((entry) => ({
    serial: toHex(entry.serial),
    date: new Date(entry.revocationDate).toISOString(),
    reason: reasonName(entry.reason),
  }));
  const issuer = clean(crl.issuer.toString());
  const thisUpdate = new Date(crl.thisUpdate).toISOString();
  const nextUpdate = crl.nextUpdate === undefined ? null : new Date(crl.nextUpdate).toISOString();
  const number = crl.crlNumber === undefined ? null : toHex(crl.crlNumber);
  const delta = crl.baseCrlNumber === undefined ? null : toHex(crl.baseCrlNumber);
  return {
    kind: 'crl',
    file,
    view: { issuer, thisUpdate, nextUpdate, number, deltaOf: delta, entries },
    title: `Revocation list of ${issuer}`,
    pairs: () => [
      ['from', thisUpdate],
      ['next by', nextUpdate ?? 'not said'],
      ['number', `${number ?? 'none'}${delta === null ? '' : `, adds to ${delta}`}`],
      [
        'revoked',
        entries.length === 0
          ? 'none'
          : [
              ...entries.slice(0, MOST_ENTRIES).map((one) => `${one.serial}  ${one.date.slice(0, 10)}  ${one.reason}`),
              ...(entries.length > MOST_ENTRIES ? [`and ${entries.length - MOST_ENTRIES} more`] : []),
            ],
      ],
    ],
  };
}

function showRequest(file: string, bytes: Uint8Array): Shown {
  const request = parseCertificateRequest(bytes);
  const subject = clean(request.subject.toString());
  const names = (request.subjectAltName ?? []).map((name) => clean(generalNameText(name)));
  const key = viewKey(readKeyInfo(request.publicKey));
  const good = request.verify(nodeCrypto) === true;
  return {
    kind: 'request',
    file,
    view: { subject, names, key, signedByItself: good, extensions: request.extensions.map((one) => one.oid) },
    title: `Request for ${subject === '' ? (names[0] ?? 'nobody') : subject}`,
    pairs: (paint) => [
      ['names', names.length === 0 ? 'none' : names],
      ['key', keyText(key)],
      ['signature', good ? 'made with its own key' : paint.red('not made with its own key')],
      ['asks for', request.extensions.length === 0 ? 'nothing more' : request.extensions.map((one) => one.oid).join(', ')],
    ],
    bad: !good,
  };
}

/** A block that cannot be read is told, and the others are shown. */
function guarded(file: string, label: string, show: () => Shown[]): Shown[] {
  try {
    return show();
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    return [
      {
        kind: 'unknown',
        file,
        view: { label, error: errorLine(error) },
        title: `${label} that cannot be read`,
        pairs: () => [['fault', errorLine(error)]],
        bad: true,
      },
    ];
  }
}

/** `PFX ::= SEQUENCE { version INTEGER {v3(3)}, … }` */
function isPkcs12(bytes: Uint8Array): boolean {
  try {
    const body = new DerReader(bytes).sequence('PKCS #12');
    return body.peek() === 0x02 && body.smallInteger('PKCS #12', 3) === 3 && body.peek() === 0x30;
  } catch {
    return false;
  }
}
