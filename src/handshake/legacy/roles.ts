/** What both roles ask of the version in force. */
import { HANDSHAKE_FAILURE, INTERNAL_ERROR } from '../../base/alerts.ts';
import { fail } from '../../base/errors.ts';
import type { CipherSuite, LegacySuite } from '../../crypto/suites/suite.ts';
import { SSL30 } from '../../wire/version.ts';
import type { ExtensionModule } from '../extensions/module.ts';
import type { Handshake } from '../state.ts';
import type { ProtocolVersion } from '../version.ts';
import type { LegacyStrategy } from './strategy.ts';

export function strategyOf(hs: Handshake): LegacyStrategy {
  return hs.version.strategy ?? fail(INTERNAL_ERROR, 'internal_error', `${hs.version.name} without strategy`);
}

/** The extensions in force: those of the context count only where the version has extensions at all. */
export function modulesOf(hs: Handshake): readonly ExtensionModule[] {
  const { version } = hs;
  const own = (hs.side === 'client' ? version.client : version.server)?.extensions ?? [];
  return strategyOf(hs).extensions ? [...hs.context.extensions, ...own] : own;
}

/** Whether a suite may be used in a version. */
export function suiteFits(suite: CipherSuite, version: ProtocolVersion): suite is LegacySuite {
  return suite.family === 'legacy' && suite.minVersion <= SSL30 + version.rank;
}

/** What the hellos have to agree on, whoever reads them. */
export function checkPolicy(hs: Handshake): void {
  if (hs.context.requireExtendedMasterSecret && !hs.extendedMasterSecret) fail(HANDSHAKE_FAILURE, 'extended_master_secret_required');
}
