/** A client for the open Internet, with certificates; the crypto provider comes from elsewhere. */
export { createCertificateVerifier, createClientConnection, createClientContext, createTrustStore } from '../../../src/index.ts';
export { modernClient } from '../../../src/presets/modern.ts';
