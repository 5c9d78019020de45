/**
 * basic-ftp over connections of veritls: the control connection by AUTH TLS (RFC 4217) or from the first byte, each data
 * connection with the session of the control connection, by which servers know that both ends are the same.
 */
import { Client, FTPError, type FTPContext, type FTPResponse } from 'basic-ftp';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import * as tls from 'veritls/tls';

export class FtpsClient extends Client {
  /** Whether each data connection resumed the session of the control connection. */
  readonly resumed: boolean[] = [];
  readonly #options: tls.ConnectionOptions;
  #host = 'localhost';

  /** `options`: what `connect` of `veritls/tls` takes: `ca`, `cert`, `minVersion`, `dangerouslyAllowSsl30` … */
  constructor(options: tls.ConnectionOptions = {}, timeoutMs = 10_000) {
    super(timeoutMs);
    this.#options = options;
    this.prepareTransfer = (ftp) => this.#openData(ftp);
  }

  /** The control connection, as this library has it. */
  get control(): tls.TLSSocket {
    return this.ftp.socket as tls.TLSSocket;
  }

  override async connect(host = 'localhost', port = 21): Promise<FTPResponse> {
    this.#host = host;
    return super.connect(host, port);
  }

  override async useTLS(_options: object = {}, command = 'AUTH TLS'): Promise<FTPResponse> {
    const answer = await this.send(command);
    const socket = tls.connect({ ...this.#options, socket: this.ftp.socket, host: this.#host });
    // At once: it takes all listeners off the socket below, where TLS puts its own in the next tick.
    this.ftp.socket = socket;
    await once(socket, 'secureConnect');
    return answer;
  }

  override async connectImplicitTLS(host = 'localhost', port = 990): Promise<FTPResponse> {
    this.ftp.reset();
    this.#host = host;
    this.ftp.socket = tls.connect({ ...this.#options, host, port });
    return this.ftp.handle(undefined, (response, task) => {
      if (response instanceof Error) task.reject(response);
      else if (response.code >= 200 && response.code < 300) task.resolve(response);
      else if (response.code >= 300) task.reject(new FTPError(response));
    }) as Promise<FTPResponse>;
  }

  /** RFC 2428: the server names a port, never a host. */
  async #openData(ftp: FTPContext): Promise<FTPResponse> {
    const answer = await ftp.request('EPSV');
    const port = Number(/\(\|\|\|(\d+)\|\)/.exec(answer.message)?.[1]);
    const host = ftp.socket.remoteAddress ?? this.#host;
    if (!(ftp.socket instanceof tls.TLSSocket)) {
      ftp.dataSocket = connectTcp(port, host);
      return answer;
    }
    const session = this.control.getSession();
    const servername = this.#options.servername ?? this.#host;
    const data = tls.connect({ ...this.#options, host, port, servername, ...(session === undefined ? {} : { session }) });
    data.once('secureConnect', () => this.resumed.push(data.isSessionReused()));
    ftp.dataSocket = data;
    return answer;
  }
}
