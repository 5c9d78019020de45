/**
 * The layers. Each room lists the rooms below it; a file imports from its own room and from those. What is not listed is
 * forbidden, so a new room, or a new arrow, is a decision made here.
 */

const BASE = '^src/base/';
const WIRE = '^src/wire/';
const PORT = '^src/crypto/port\\.ts$';
const ASN1 = '^src/pki/asn1/';
const CRYPTO = '^src/crypto/(?!(port\\.ts$|node/|noble/|webcrypto/))';
const PROVIDERS = '^src/crypto/(node|noble|webcrypto)/';
const PKI = '^src/pki/(?!asn1/)';
const RECORD = '^src/record/';
const SESSION = '^src/session/';
const HANDSHAKE = '^src/handshake/';
const VERSIONS = '^src/versions/';
const ENGINE = '^src/engine/';
const INDEX = '^src/index\\.ts$';
const NODE = '^src/node/';
const WEB = '^src/web/';
const EMBEDDED = '^src/embedded/';
const PRESETS = '^src/presets/';
const CLI = '^src/cli/';

const foundation = [BASE, WIRE, PORT, ASN1];
const middle = [...foundation, CRYPTO, PKI];
const protocol = [...middle, RECORD, SESSION, HANDSHAKE, VERSIONS, ENGINE];

const rooms = [
  { name: 'base', room: BASE, below: [] },
  { name: 'wire', room: WIRE, below: [BASE, PORT] },
  { name: 'crypto-port', room: PORT, below: [BASE] },
  { name: 'asn1', room: ASN1, below: [BASE] },
  { name: 'crypto', room: CRYPTO, below: foundation },
  { name: 'crypto-providers', room: PROVIDERS, own: '^src/crypto/$1/', below: [...foundation, CRYPTO] },
  { name: 'pki', room: PKI, below: foundation },
  { name: 'record', room: RECORD, below: middle },
  { name: 'session', room: SESSION, below: middle },
  { name: 'handshake', room: HANDSHAKE, below: [...middle, RECORD, SESSION] },
  { name: 'versions', room: VERSIONS, below: [...middle, RECORD, SESSION, HANDSHAKE] },
  { name: 'engine', room: ENGINE, below: [...middle, RECORD, SESSION, HANDSHAKE, VERSIONS] },
  { name: 'index', room: INDEX, below: protocol },
  { name: 'node', room: NODE, below: [...protocol, PROVIDERS, INDEX] },
  { name: 'web', room: WEB, below: [...protocol, INDEX] },
  { name: 'embedded', room: EMBEDDED, below: [...protocol, PROVIDERS, INDEX, NODE, WEB] },
  { name: 'presets', room: PRESETS, below: [...protocol, PROVIDERS, INDEX, NODE, WEB] },
  { name: 'cli', room: CLI, below: [...protocol, PROVIDERS, INDEX, NODE, WEB, EMBEDDED] },
];

const TEST = '\\.test\\.ts$';

const directions = rooms.map(({ name, room, own = room, below }) => ({
  name: `layers-${name}`,
  comment: `src/${name} imports from itself and from the rooms listed for it.`,
  severity: 'error',
  from: { path: room, pathNot: TEST },
  to: { path: '^src/', pathNot: [own, ...below] },
}));

export default {
  forbidden: [
    ...directions,
    {
      name: 'a-room-of-its-own',
      comment: 'Every file of src/ lies in a room that has its layer here.',
      severity: 'error',
      from: { path: '^src/', pathNot: [...rooms.map(({ room }) => room), TEST] },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Types may name each other within a room, where the layers allow it; what runs may not.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'node-only-where-node-is',
      comment: 'Only the provider, the Node skins, the embedded sockets and the command know Node.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/crypto/node/', NODE, EMBEDDED, CLI, TEST] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'noble-only-in-its-provider',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/crypto/noble/', TEST] },
      to: { path: '(^|/)@noble/' },
    },
    {
      name: 'no-packages',
      comment: 'The library depends on nothing at run time.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/crypto/noble/', TEST] },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'nobody-imports-presets', severity: 'error', from: { path: '^src/', pathNot: [PRESETS, TEST] }, to: { path: PRESETS } },
    {
      name: 'handshake-takes-suites-groups-carriers-as-values',
      comment: 'Which suites, groups and carriers there are is the choice of whoever calls: the handshake knows their types only.',
      severity: 'error',
      from: { path: HANDSHAKE, pathNot: TEST },
      to: { path: ['^src/crypto/(suites|kx|protect)/', RECORD], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-test-in-the-library',
      severity: 'error',
      from: { path: '^src/', pathNot: TEST },
      to: { path: ['^test/', '^tools/', '^bench/', TEST] },
    },
    { name: 'no-missing-file', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mts', '.js', '.mjs', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
