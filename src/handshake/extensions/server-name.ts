/** server_name, RFC 6066 §3: the host that the client wants. */
import { DECODE_ERROR, ILLEGAL_PARAMETER } from '../../base/alerts.ts';
import { ascii, latin1 } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { IN_CLIENT_HELLO, IN_ENCRYPTED_EXTENSIONS, IN_LEGACY_SERVER_HELLO, SERVER_NAME } from '../../wire/extension.ts';
import type { Reader } from '../../base/reader.ts';
import type { ExtensionModule } from './module.ts';

const HOST_NAME = 0;

export const serverName: ExtensionModule = {
  type: SERVER_NAME,
  where: IN_CLIENT_HELLO | IN_LEGACY_SERVER_HELLO | IN_ENCRYPTED_EXTENSIONS,
  offer(hs, w) {
    const name = hs.options.serverName;
    //= rfc6066#section-3
    //# Literal IPv4 and IPv6 addresses are not permitted in "HostName".
    if (name === undefined || !isHostName(name)) return false;
    //= rfc9846#section-9.2
    //# Additionally, all implementations MUST support the use of the "server_name" extension with
    //# applications capable of using it.
    hs.serverName = name;
    const at = w.open(2);
    w.u8(HOST_NAME);
    //= rfc6066#section-3
    //# The "extension_data" field of this extension SHALL contain "ServerNameList" where:
    w.vector(2, ascii(name));
    w.close(2, at);
    return true;
  },
  //= rfc6066#section-1.1
  //# then the server MUST ignore the extensions and send a server hello containing none of the
  //# extension types
  //= rfc6066#section-3
  //# In this event, the server SHALL include an extension of type "server_name" in the (extended)
  //# server hello.
  //= rfc6066#section-3
  //# The "extension_data" field of this extension SHALL be empty.
  //= rfc6066#section-3
  //# When resuming a session, the server MUST NOT include a server_name extension in the server hello.
  answer: (hs) => hs.serverNameUsed && hs.resumed === undefined,
  onAnswer() {},
};

/** The host name in a client's extension. The front reads it before anything else: it may choose the context. */
export function readServerName(r: Reader): string {
  const list = r.sub(2, 1);
  let name: string | undefined;
  while (list.remaining > 0) {
    const type = list.u8();
    //= rfc6066#section-11.1
    //# Implementations MUST ensure that a buffer overflow does not occur, whatever the values of the
    //# length fields in server_name.
    const value = list.vector(2, 1);
    //= rfc6066#section-3
    //# The ServerNameList MUST NOT contain more than one name of the same
    //# name_type.
    if (type !== HOST_NAME) continue;
    if (name !== undefined) fail(ILLEGAL_PARAMETER, 'bad_extension', 'two host names');
    //= rfc6066#section-3
    //# The hostname is represented as a byte
    //# string using ASCII encoding without a trailing dot.
    if (value.some((byte) => byte <= 0x20 || byte >= 0x7f)) fail(ILLEGAL_PARAMETER, 'bad_extension', 'no ASCII host name');
    name = latin1(value);
  }
  r.finish();
  if (name === undefined) fail(DECODE_ERROR, 'bad_extension', 'no host name');
  return name.toLowerCase();
}

/** Whether a name may stand in server_name: a DNS name without trailing dot, no address. */
export function isHostName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length < 256 &&
    !name.includes(':') &&
    !/^[\d.]+$/.test(name) &&
    /^[A-Za-z0-9._*-]+$/.test(name) &&
    !name.endsWith('.')
  );
}
