/** `veritls cert sign`: an authority signs a request. What the authority decides is not taken from the request. */
import { nodeCrypto } from '../../../crypto/node/index.ts';
import { writePem } from '../../../pki/asn1/pem.ts';
import { issueCertificate } from '../../../pki/certs/create.ts';
import { parseCertificateRequest } from '../../../pki/certs/request.ts';
import { parseCertificate } from '../../../pki/x509/certificate.ts';
import { certificateSummary, viewCertificate } from '../../certificate-view.ts';
import { type Command, EXIT_OK } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { readBytes } from '../../files.ts';
import { printer } from '../../io.ts';
import { type OptionSpecs, parseOptions, UsageError } from '../../options.ts';
import {
  FIELD_OPTIONS,
  fieldsOf,
  ISSUER_OPTIONS,
  nameOf,
  output,
  OUTPUT_OPTIONS,
  readIssuer,
  refuseToOverwrite,
  validity,
} from './fields.ts';

const OPTIONS = {
  ...OUTPUT_OPTIONS,
  days: { type: 'string', value: 'N', help: 'valid that long: 90 by default' },
  ...ISSUER_OPTIONS,
  ...FIELD_OPTIONS,
  name: { type: 'string', value: 'NAME', multiple: true, help: 'names instead of those that the request asks for' },
} as const satisfies OptionSpecs;

const DAYS = 90;

export const certSign: Command = {
  name: 'sign',
  summary: 'sign a request as an authority',
  usage: ['REQUEST --issuer FILE [--issuer-key FILE] [options]'],
  about: [
    'Subject and names are those of the request unless --subject or --name say otherwise. Everything else (whether it is an authority, its purposes, its dates) is decided here and not by the request. A request that is not signed with its own key is refused.',
  ],
  options: OPTIONS,
  examples: [['veritls cert sign www.csr --issuer ca.pem --issuer-key ca-key.pem --out www.pem', 'sign it']],

  async run(args, io) {
    const { values, positionals } = parseOptions(OPTIONS, args, { min: 1, max: 1 });
    const force = values.force === true;
    refuseToOverwrite(values.out, force);
    const issuer = readIssuer(values) ?? raise(new UsageError('--issuer is missing'));
    const dates = validity(values.days, DAYS, Date.now());
    const request = parseCertificateRequest(readBytes(positionals[0]!));
    if (!(await request.verify(nodeCrypto))) throw new CliError('bad_signature', 'the request is not signed with its own key');
    const { subject, subjectAltNames: _, ...decided } = fieldsOf({ ...values, subject: values.subject ?? ' ' }, []);
    const names = values.name?.map(nameOf) ?? request.subjectAltName ?? [];
    const der = await issueCertificate({
      ...decided,
      ...dates,
      crypto: nodeCrypto,
      issuer,
      publicKey: request.publicKey,
      subject: values.subject === undefined ? request.subject : subject,
      subjectAltNames: names,
    });
    output(io, values.out, values.der === true ? der : writePem('CERTIFICATE', der), { force, secret: false });
    const told = printer(io.stderr, io.env);
    for (const line of certificateSummary(viewCertificate(parseCertificate(der)), Date.now(), told.paint)) told.line(line);
    return EXIT_OK;
  },
};

function raise(error: Error): never {
  throw error;
}
