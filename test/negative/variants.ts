/** The flow variants that negative tests disturb: each order of messages that the versions have, once. */
import * as cbc from '../../src/crypto/suites/aes-cbc.ts';
import * as gcm from '../../src/crypto/suites/aes-gcm.ts';
import * as matrix from '../sim/matrix.ts';
import type { Scenario } from '../sim/scenario.ts';

const base13 = { psk: 'none', retry: false, 'client certificate': 'not asked', staple: 'not asked', compatibility: true } as const;
const base12 = { hint: false, 'client certificate': 'not asked', keeping: 'nothing', staple: 'not asked' } as const;

export const MODERN_VARIANTS: readonly Scenario[] = [
  matrix.modernScenario(base13),
  matrix.modernScenario({ ...base13, compatibility: false }),
  matrix.modernScenario({ ...base13, retry: true }),
  matrix.modernScenario({ ...base13, psk: 'ticket' }),
  matrix.modernScenario({ ...base13, psk: 'external' }),
  matrix.modernScenario({ ...base13, psk: 'ticket', retry: true }),
  matrix.modernScenario({ ...base13, 'client certificate': 'asked, none' }),
  matrix.modernScenario({ ...base13, 'client certificate': 'asked, given', staple: 'asked, given' }),
  matrix.modernScenario({ ...base13, 'client certificate': 'demanded, given', retry: true }),
];

export const LEGACY_VARIANTS: readonly Scenario[] = [
  matrix.legacyScenario(matrix.TLS12, { ...base12, suite: gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 }),
  matrix.legacyScenario(matrix.TLS12, {
    hint: false,
    'client certificate': 'demanded, given',
    keeping: 'ticket',
    staple: 'asked, given',
    suite: gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
  }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, 'client certificate': 'asked, none', suite: cbc.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA }),
  matrix.legacyScenario(matrix.TLS12, {
    ...base12,
    'client certificate': 'asked, given',
    keeping: 'ID',
    suite: cbc.TLS_RSA_WITH_AES_128_CBC_SHA,
  }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, suite: cbc.TLS_PSK_WITH_AES_128_CBC_SHA }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, hint: true, suite: cbc.TLS_PSK_WITH_AES_128_CBC_SHA }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, suite: cbc.TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, suite: cbc.TLS_RSA_PSK_WITH_AES_128_CBC_SHA }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, keeping: 'ID, resumed', suite: gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, keeping: 'ticket, resumed', suite: gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 }),
  matrix.legacyScenario(matrix.TLS12, { ...base12, keeping: 'ticket, renewed', suite: gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 }),
  matrix.legacyScenario(
    matrix.TLS12,
    { ...base12, suite: gcm.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
    { ...matrix.PLAIN12, extendedMasterSecret: false },
  ),
  matrix.legacyScenario(matrix.TLS10, {
    ...base12,
    'client certificate': 'asked, given',
    keeping: 'ticket',
    suite: cbc.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
  }),
  matrix.legacyScenario(matrix.SSL30, { ...base12, suite: cbc.TLS_RSA_WITH_AES_128_CBC_SHA }),
];

export const VARIANTS: readonly Scenario[] = [...MODERN_VARIANTS, ...LEGACY_VARIANTS];
