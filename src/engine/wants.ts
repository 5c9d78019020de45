/** `Connection.wants`: what a driver may usefully do next. */
/** Bytes of the peer can be taken. */
export const WANTS_INPUT = 1;
/** `takeOutput` has something. */
export const WANTS_OUTPUT = 2;
/** `poll` has something. */
export const WANTS_EVENT = 4;
/** `send` is possible. */
export const WANTS_SEND = 8;
/** A promise of the caller (signer, verifier, look-up) is awaited. */
export const WANTS_WORK = 16;
