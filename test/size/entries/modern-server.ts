/** A server for the open Internet that asks for no client certificate. */
export { createServerConnection, createServerContext, createTicketKeys } from '../../../src/index.ts';
export { modernServer } from '../../../src/presets/modern.ts';
