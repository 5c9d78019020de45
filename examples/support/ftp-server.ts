/**
 * A small FTP server over veritls, files in memory: RFC 959, AUTH TLS, PBSZ and PROT (RFC 4217), EPSV (RFC 2428), MLSD (RFC 3659).
 * It is here because ftp-srv, the package that people use, makes its own TLSSocket of node:tls and takes no other.
 *
 * Every control connection has ticket keys of its own, and a data connection must resume with them: nobody but the client that
 * logged in can connect to the port that was opened for it.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { createMemoryStore } from 'veritls';
import * as tls from 'veritls/tls';

export interface FtpOptions {
  /** What `createSecureContext` of `veritls/tls` takes. */
  readonly tls: tls.SecureContextOptions;
  /** TLS from the first byte, without AUTH. */
  readonly implicit?: boolean;
  readonly user: string;
  readonly password: string;
}

export class FtpServer {
  readonly files = new Map<string, Buffer>();
  /** Whether each data connection resumed its control connection's session. */
  readonly resumed: boolean[] = [];
  readonly #options: FtpOptions;
  readonly #server: Server;

  constructor(options: FtpOptions) {
    this.#options = options;
    this.#server = createServer((socket) => void new ControlConnection(this, options, socket).run().catch(() => socket.destroy()));
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }

  isRight(user: string, password: string): boolean {
    return user === this.#options.user && password === this.#options.password;
  }
}

const MAX_LINE = 4_096;
const SESSIONS = 16;

class ControlConnection {
  readonly #ftp: FtpServer;
  readonly #secure: tls.SecureContext;
  readonly #secureData: tls.SecureContext;
  readonly #implicit: boolean;
  #socket: Duplex;
  #text = '';
  #queue: Promise<void> = Promise.resolve();
  #user = '';
  #loggedIn = false;
  #private = false;
  #passive: Server | undefined;
  #data: Promise<[Socket]> | undefined;

  constructor(ftp: FtpServer, options: FtpOptions, socket: Socket) {
    this.#ftp = ftp;
    // Sessions by ticket, and by ID for clients without tickets. On data connections none are given out: who uploads reads nothing.
    const own = { ...options.tls, ticketKeys: randomBytes(48), sessionStore: createMemoryStore(Date.now, SESSIONS) };
    this.#secure = tls.createSecureContext(own);
    this.#secureData = tls.createSecureContext({ ...own, ticketCount: 0 });
    this.#implicit = options.implicit === true;
    this.#socket = socket.on('error', () => {});
  }

  async run(): Promise<void> {
    if (this.#implicit) this.#socket = await protect(this.#socket, this.#secure);
    this.#say('220 veritls example');
    this.#listen();
  }

  #listen(): void {
    this.#socket.on('data', this.#onData).on('end', () => this.#end());
  }

  readonly #onData = (part: Buffer): void => {
    this.#text += part.toString('utf8');
    if (this.#text.length > MAX_LINE) this.#end();
    this.#queue = this.#queue.then(() => this.#lines()).catch(() => this.#end());
  };

  async #lines(): Promise<void> {
    for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
      const line = this.#text.slice(0, end).trim();
      this.#text = this.#text.slice(end + 1);
      if (!(await this.#command(line))) return this.#end();
    }
  }

  async #startTls(): Promise<true> {
    const socket = this.#socket.pause().off('data', this.#onData);
    this.#say('234 go on');
    // What was sent in the clear behind AUTH must not be taken for what comes protected.
    this.#text = '';
    this.#socket = await protect(socket, this.#secure);
    this.#listen();
    return true;
  }

  /** Whether to go on. */
  async #command(line: string): Promise<boolean> {
    const [, verb = '', argument = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    switch (verb.toUpperCase()) {
      case 'AUTH':
        if (!/^TLS(-C)?$/i.test(argument) || this.#isSecure()) return this.#say('504 TLS, once');
        return this.#startTls();
      case 'USER':
        if (!this.#isSecure()) return this.#say('530 AUTH TLS first');
        this.#user = argument;
        return this.#say('331 and the password');
      case 'PASS':
        this.#loggedIn = this.#isSecure() && this.#ftp.isRight(this.#user, argument);
        return this.#say(this.#loggedIn ? '230 welcome' : '530 no');
      case 'QUIT':
        this.#say('221 bye');
        return false;
      case 'FEAT':
        return this.#say('211-features\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n EPSV\r\n MLST type*;size*;\r\n SIZE\r\n UTF8\r\n211 end');
      case 'PBSZ':
        return this.#say('200 PBSZ=0');
      case 'PROT':
        this.#private = argument.toUpperCase() === 'P';
        return this.#say(this.#private ? '200 protected' : '534 P it must be');
      case 'SYST':
        return this.#say('215 UNIX Type: L8');
      case 'OPTS':
      case 'TYPE':
      case 'STRU':
      case 'MODE':
      case 'NOOP':
        return this.#say('200 well');
      default:
        return this.#loggedIn ? this.#ofUser(verb.toUpperCase(), argument) : this.#say('530 log in first');
    }
  }

  async #ofUser(verb: string, argument: string): Promise<boolean> {
    const { files } = this.#ftp;
    const name = argument.replace(/^.*\//, '');
    switch (verb) {
      case 'PWD':
        return this.#say('257 "/"');
      case 'CWD':
        return this.#say('250 there is one folder');
      case 'SIZE':
        return this.#say(files.has(name) ? `213 ${files.get(name)!.length}` : '550 no such file');
      case 'DELE':
        return this.#say(files.delete(name) ? '250 gone' : '550 no such file');
      case 'EPSV':
        return this.#say(`229 ready (|||${await this.#open()}|)`);
      case 'PASV': {
        const port = await this.#open();
        return this.#say(`227 ready (127,0,0,1,${port >> 8},${port & 255})`);
      }
      case 'RETR': {
        const content = files.get(name);
        return content === undefined ? this.#say('550 no such file') : this.#transfer((data) => void data.end(content));
      }
      case 'STOR':
        return this.#transfer(async (data) => void files.set(name, await buffer(data)));
      case 'NLST':
        return this.#transfer((data) => void data.end([...files.keys()].map((one) => `${one}\r\n`).join('')));
      case 'LIST':
      case 'MLSD':
        return this.#transfer((data) => void data.end([...files].map(([one, { length }]) => entry(verb, one, length)).join('')));
      default:
        return this.#say('502 not here');
    }
  }

  async #open(): Promise<number> {
    this.#passive?.close();
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    this.#passive = server;
    this.#data = once(server, 'connection') as Promise<[Socket]>;
    this.#data.catch(() => {});
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async #transfer(run: (data: Duplex) => void | Promise<void>): Promise<boolean> {
    const waiting = this.#data;
    if (waiting === undefined || !this.#private) return this.#say('425 PROT P, and EPSV or PASV first');
    this.#data = undefined;
    this.#say('150 here it comes');
    const [raw] = await waiting;
    this.#passive?.close();
    try {
      const data = await protect(raw, this.#secureData);
      this.#ftp.resumed.push(data.isSessionReused());
      if (!data.isSessionReused()) {
        data.destroy();
        return this.#say('522 the session of the control connection must be resumed');
      }
      await run(data);
      data.resume().end();
      await finished(data);
      return this.#say('226 done');
    } catch (error) {
      raw.destroy();
      return this.#say(`426 ${(error as NodeJS.ErrnoException).code ?? 'failed'}`);
    }
  }

  #isSecure(): boolean {
    return this.#socket instanceof tls.TLSSocket;
  }

  #say(line: string): true {
    if (this.#socket.writable) this.#socket.write(`${line}\r\n`);
    return true;
  }

  #end(): void {
    this.#passive?.close();
    this.#socket.end();
  }
}

function protect(socket: Duplex, secureContext: tls.SecureContext): Promise<tls.TLSSocket> {
  const secured = new tls.TLSSocket(socket, { isServer: true, secureContext });
  return new Promise((resolve, reject) => {
    secured.once('error', reject).once('close', reject);
    secured.once('secure', () => {
      secured.off('error', reject).off('close', reject);
      secured.on('error', () => {});
      resolve(secured);
    });
  });
}

function entry(verb: string, name: string, length: number): string {
  return verb === 'MLSD' ? `type=file;size=${length}; ${name}\r\n` : `-rw-r--r-- 1 ftp ftp ${length} Jan 01 2026 ${name}\r\n`;
}
