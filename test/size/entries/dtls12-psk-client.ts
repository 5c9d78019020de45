/** The engine of a device that has a pre-shared key and no certificates, over datagrams; the crypto provider comes from elsewhere. */
export { createDatagramClientConnection } from '../../../src/engine/datagram.ts';
export { createPskClientContext } from '../../../src/engine/psk-context.ts';
export { datagramConfig } from '../../../src/record/datagram/config.ts';
export { dtls12PskClient } from '../../../src/versions/dtls12-psk.ts';
export { TLS_PSK_WITH_AES_128_CCM_8 } from '../../../src/crypto/suites/aes-ccm.ts';
