/** `veritls/tls` whole. */
export * from '../../../src/node/tls/index.ts';
