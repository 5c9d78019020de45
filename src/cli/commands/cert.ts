/** `veritls cert`: the life of certificates, on files. */
import type { Command } from '../command.ts';
import { UsageError } from '../options.ts';
import { clean } from '../text.ts';
import { certCrl } from './cert/crl.ts';
import { certCsr } from './cert/csr.ts';
import { certMake } from './cert/make.ts';
import { certShow } from './cert/show.ts';
import { certSign } from './cert/sign.ts';
import { certVerify } from './cert/verify.ts';

export const cert: Command = {
  name: 'cert',
  summary: 'make, show and verify certificates, requests and revocation lists',
  usage: ['COMMAND [arguments]'],
  options: {},
  commands: [certMake, certShow, certVerify, certCsr, certSign, certCrl],
  examples: [
    ['veritls cert make "Example CA" --ca --out ca.pem --key-out ca-key.pem', 'a small authority'],
    ['veritls cert make www.example.com --issuer ca.pem --issuer-key ca-key.pem --out www.pem', 'a certificate of it, with its key'],
    ['veritls cert verify www.pem --ca ca.pem --name www.example.com', 'is it valid?'],
  ],
  run: ([word]) => Promise.reject(new UsageError(word === undefined ? 'which of its commands?' : `no such command: cert ${clean(word)}`)),
};
