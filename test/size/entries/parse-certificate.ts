/** Someone who only reads certificates. */
export { parseCertificate } from '../../../src/index.ts';
