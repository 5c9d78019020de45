/** `veritls cert csr`: a certification request, for an authority to sign. */
import { writePem } from '../../../pki/asn1/pem.ts';
import { createCertificateRequest } from '../../../pki/certs/request.ts';
import { type Command, EXIT_OK } from '../../command.ts';
import { type OptionSpecs, parseOptions, UsageError } from '../../options.ts';
import { FIELD_OPTIONS, fieldsOf, KEY_OPTIONS, keyPem, output, OUTPUT_OPTIONS, ownKey, passphraseOf, refuseToOverwrite } from './fields.ts';

const OPTIONS = {
  ...OUTPUT_OPTIONS,
  'key-out': { type: 'string', value: 'FILE', help: 'write the new key there' },
  ...FIELD_OPTIONS,
  ...KEY_OPTIONS,
} as const satisfies OptionSpecs;

export const certCsr: Command = {
  name: 'csr',
  summary: 'ask an authority for a certificate (PKCS #10)',
  usage: ['NAME… --key FILE [options]', 'NAME… --key-out FILE [options]'],
  options: OPTIONS,
  examples: [['veritls cert csr www.example.com --key-out www-key.pem --out www.csr', 'a request with a new key']],

  async run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 0, max: 100 });
    const fields = fieldsOf(values, positionals);
    const force = values.force === true;
    if (values.key === undefined && values['key-out'] === undefined)
      throw new UsageError('--key FILE or --key-out FILE: a request without its key is of no use');
    for (const path of [values.out, values['key-out']]) refuseToOverwrite(path, force);
    const { key, made } = ownKey(values, io.env);
    if (made === undefined && values['key-out'] !== undefined) throw new UsageError('--key-out is for new keys');
    const der = await createCertificateRequest({ ...fields, key });
    if (made !== undefined) output(io, values['key-out'], keyPem(made, passphraseOf(values, io.env)), { force, secret: true });
    output(io, values.out, values.der === true ? der : writePem('CERTIFICATE REQUEST', der), { force, secret: false });
    return EXIT_OK;
  },
};
