/** `veritls cert make`: a certificate with its key. */
import { nodeCrypto } from '../../../crypto/node/index.ts';
import { writePem } from '../../../pki/asn1/pem.ts';
import { createSelfSigned, issueCertificate } from '../../../pki/certs/create.ts';
import { createPkcs12 } from '../../../pki/certs/pkcs12.ts';
import { parseCertificate } from '../../../pki/x509/certificate.ts';
import { certificateSummary, viewCertificate } from '../../certificate-view.ts';
import { type Command, EXIT_OK } from '../../command.ts';
import { printer } from '../../io.ts';
import { readPkcs8 } from '../../files.ts';
import { type OptionSpecs, parseOptions, UsageError } from '../../options.ts';
import {
  FIELD_OPTIONS,
  fieldsOf,
  ISSUER_OPTIONS,
  KEY_OPTIONS,
  keyPem,
  output,
  OUTPUT_OPTIONS,
  ownKey,
  passphraseOf,
  readIssuer,
  refuseToOverwrite,
  validity,
} from './fields.ts';

const OPTIONS = {
  ...OUTPUT_OPTIONS,
  'key-out': { type: 'string', value: 'FILE', help: 'write the new key there; without it, behind the certificate' },
  p12: { type: 'string', value: 'FILE', help: 'write certificate and key as PKCS #12 too; needs --passphrase' },
  days: { type: 'string', value: 'N', help: 'valid that long: 90 by default, 3650 for --ca' },
  ...ISSUER_OPTIONS,
  ...FIELD_OPTIONS,
  ...KEY_OPTIONS,
  json: { type: 'boolean', help: 'tell as JSON on standard output what was made; needs --out' },
} as const satisfies OptionSpecs;

const LEAF_DAYS = 90;
const CA_DAYS = 3650;

export const certMake: Command = {
  name: 'make',
  summary: 'make a certificate with its key',
  usage: ['NAME… [options]'],
  about: [
    'NAME is a host name, an IP address, an email address or a URI; for an authority, any text. Without --issuer the certificate is signed with its own key. Certificate and key go to standard output, or to the files that are named; files with keys are readable by their owner only.',
  ],
  options: OPTIONS,
  examples: [
    ['veritls cert make localhost 127.0.0.1 ::1 --out local.pem', 'self-signed, key and certificate in one file'],
    ['veritls cert make "Example CA" --ca --out ca.pem --key-out ca-key.pem', 'a root'],
    [
      'veritls cert make www.example.com --issuer ca.pem --issuer-key ca-key.pem --type rsa2048 --out www.pem',
      'a certificate of that root',
    ],
  ],

  async run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 0, max: 100 });
    const fields = fieldsOf(values, positionals);
    const force = values.force === true;
    if (values.json === true && values.out === undefined) throw new UsageError('--json needs --out');
    const passphrase = passphraseOf(values, io.env);
    if (values.p12 !== undefined && passphrase === undefined) throw new UsageError('--p12 needs --passphrase');
    for (const path of [values.out, values['key-out'], values.p12]) refuseToOverwrite(path, force);
    const issuer = readIssuer(values);
    const dates = validity(values.days, values.ca === true ? CA_DAYS : LEAF_DAYS, Date.now());
    const { key, made } = ownKey(values, io.env);
    if (made === undefined && values['key-out'] !== undefined) throw new UsageError('--key-out is for new keys');
    const publicKey = key.spki!;
    const der = await (issuer === undefined
      ? createSelfSigned({ ...fields, ...dates, crypto: nodeCrypto, key })
      : issueCertificate({ ...fields, ...dates, crypto: nodeCrypto, publicKey, issuer }));

    // Roots are known to those who trust them: a chain goes up to, but not with, a self-signed issuer.
    const above = issuer === undefined ? [] : issuer.chain.filter((one) => !parseCertificate(one).isSelfIssued);
    const chain = [der, ...above];
    const keyText = made === undefined ? '' : keyPem(made, passphrase);
    const apart = values['key-out'] !== undefined;
    if (values.der === true) {
      if (made !== undefined && !apart) throw new UsageError('--der needs --key-out or --key');
      output(io, values.out, der, { force, secret: false });
    } else {
      const text = chain.map((one) => writePem('CERTIFICATE', one)).join('') + (apart ? '' : keyText);
      output(io, values.out, text, { force, secret: !apart && keyText !== '' });
    }
    if (apart) output(io, values['key-out'], keyText, { force, secret: true });
    if (values.p12 !== undefined) {
      const pkcs8 = made ?? readPkcs8(values.key!, passphrase);
      const friendlyName = positionals[0];
      output(
        io,
        values.p12,
        createPkcs12({
          crypto: nodeCrypto,
          pkcs8,
          certificates: chain,
          password: passphrase!,
          ...(friendlyName === undefined ? {} : { friendlyName }),
        }),
        { force, secret: true },
      );
    }

    const view = viewCertificate(parseCertificate(der));
    if (values.json === true) io.stdout.write(`${JSON.stringify(view, undefined, 2)}\n`);
    else {
      const told = printer(io.stderr, io.env);
      for (const line of certificateSummary(view, Date.now(), told.paint)) told.line(line);
    }
    return EXIT_OK;
  },
};
