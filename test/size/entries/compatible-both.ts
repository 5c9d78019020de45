/** Both roles with everything that the compatible preset has. */
export * from '../../../src/index.ts';
export { compatibleClient, compatibleServer } from '../../../src/presets/compatible.ts';
