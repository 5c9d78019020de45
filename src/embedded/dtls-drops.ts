/** What a port has dropped, as the return codes of the guide tell it. */
import { DROP_AHEAD, DROP_FRAGMENT, DROP_FULL, DROP_MESSAGE_TOO_LONG, DROP_MISMATCH, DROP_STALE } from '../record/datagram/drops.ts';
import { TLS_DROP_MESSAGE, TLS_DTLS_DROP_FRMSG, TLS_OK, type t_tls_ret } from './constants.ts';
import type { DtlsPort } from './dtls-port.ts';

const FRAGMENT_DROPS = [DROP_FRAGMENT, DROP_MISMATCH, DROP_MESSAGE_TOO_LONG, DROP_AHEAD, DROP_STALE, DROP_FULL];
const seen = new WeakMap<DtlsPort, readonly [fragments: number, others: number]>();

/** What has been dropped since the last look. */
export function takeDrop(port: DtlsPort): t_tls_ret {
  const { drops } = port.config;
  let fragments = 0;
  for (const reason of FRAGMENT_DROPS) fragments += drops.of(reason);
  const others = drops.total - fragments + port.tooLong;
  const [beforeFragments, beforeOthers] = seen.get(port) ?? [0, 0];
  seen.set(port, [fragments, others]);
  if (fragments > beforeFragments) return TLS_DTLS_DROP_FRMSG;
  return others > beforeOthers ? TLS_DROP_MESSAGE : TLS_OK;
}
