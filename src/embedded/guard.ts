/** Every function of the interface returns a code, whatever happens inside: here exceptions end. */
import { TlsError } from '../base/errors.ts';
import {
  TLS_CERTIFICATE_ERR,
  TLS_ENCRYPTION_MODULE_ERR,
  TLS_HS_ERR,
  TLS_IO_ERR,
  TLS_MEM_ERR,
  TLS_PARAM_ERR,
  TLS_TIMEOUT_ERR,
  TLS_TYPE_ERR,
  TLS_VERIFY_ERR,
  type t_tls_ret,
} from './constants.ts';
import { CodeError } from './types.ts';

let last = '';

/** Why the last call that failed did so: for a person. Beyond the guide. */
export function tls_last_error(): string {
  return last;
}

export function noteError(text: string): void {
  last = text;
}

/** Runs what may throw. */
export function guarded(run: () => t_tls_ret): t_tls_ret {
  try {
    return run();
  } catch (error) {
    return codeOf(error);
  }
}

/** Runs what may throw, where nobody waits for a code. */
export function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    codeOf(error);
  }
}

/** Refuses with a code and says why. */
export function refuse(ret: t_tls_ret, detail: string): t_tls_ret {
  last = detail;
  return ret;
}

/** The code of a failure. */
export function codeOf(error: unknown): t_tls_ret {
  last = error instanceof Error ? error.message : 'unknown failure';
  if (error instanceof CodeError) return error.ret;
  if (error instanceof Error && error.cause instanceof CodeError) return codeOf(error.cause);
  if (!(error instanceof TlsError))
    return error instanceof RangeError || error instanceof TypeError ? TLS_PARAM_ERR : TLS_ENCRYPTION_MODULE_ERR;
  const { code } = error;
  if (code === 'bad_signature' || code === 'bad_finished' || code === 'bad_record_mac') return TLS_VERIFY_ERR;
  if (code === 'unsupported_certificate' || code === 'certificate_key_mismatch') return TLS_TYPE_ERR;
  if (code.includes('certificate') || code === 'bad_der' || code === 'bad_key') return TLS_CERTIFICATE_ERR;
  // bad_certificate to unknown_ca: a certificate that we refuse for its key, say.
  if (error.origin === 'local' && error.alert !== undefined && error.alert >= 42 && error.alert <= 48 && error.alert !== 47)
    return TLS_CERTIFICATE_ERR;
  if (code === 'handshake_timeout' || code === 'timeout') return TLS_TIMEOUT_ERR;
  if (code === 'association_limit' || code === 'message_too_large') return TLS_MEM_ERR;
  if (code === 'callback_failed' || code === 'internal_error') return TLS_ENCRYPTION_MODULE_ERR;
  if (code === 'truncated' || code === 'closed' || code === 'aborted' || code === 'peer_restarted' || error.origin === 'transport')
    return TLS_IO_ERR;
  if (code.startsWith('invalid_') || code === 'unsupported') return TLS_PARAM_ERR;
  return TLS_HS_ERR;
}
