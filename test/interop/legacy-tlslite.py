"""A peer over tlslite-ng: an echo server, told what to do by a JSON argument, or a client that does one job for each line of JSON."""
import json
import os
import socket
import sys
import threading

from tlslite.api import HandshakeSettings, SessionCache, TLSConnection, X509CertChain, parsePEMKey


def settings_of(told, answered):
    settings = HandshakeSettings()
    settings.minVersion = tuple(told['version'])
    settings.maxVersion = tuple(told['version'])
    settings.versions = [tuple(told['version'])]
    for name in ('cipherNames', 'macNames', 'keyExchangeNames'):
        if name in told:
            setattr(settings, name, told[name])
    settings.minKeySize = 1023
    settings.rsaSigHashes = ['sha512', 'sha384', 'sha256', 'sha224', 'sha1']
    settings.dsaSigHashes = ['sha256', 'sha1']
    settings.use_heartbeat_extension = bool(told.get('heartbeat'))
    if told.get('heartbeat'):
        settings.heartbeat_response_callback = answered
    if told['version'] != [3, 4]:
        settings.keyShares = []
    return settings


def credential_of(told):
    if 'cert' not in told:
        return None, None
    chain = X509CertChain()
    with open(told['cert'], encoding='ascii') as file:
        chain.parsePemList(file.read())
    with open(told['key'], encoding='ascii') as file:
        key = parsePEMKey(file.read(), private=True, implementations=['python'])
    return chain, key


def say(text):
    print(text, flush=True)


def serve_one(sock, told, cache):
    connection = TLSConnection(sock)
    connection.closeSocket = False
    chain, key = credential_of(told)
    heard = threading.Event()

    def answered(message):
        say('heartbeat answered %s' % bytes(message.payload).decode('latin-1'))
        heard.set()

    try:
        connection.handshakeServer(
            certChain=chain,
            privateKey=key,
            reqCert=bool(told.get('reqCert')),
            sessionCache=cache,
            anon=bool(told.get('anon')),
            settings=settings_of(told, answered),
        )
        say('connected resumed=%d client=%d' % (connection.resumed, connection.session.clientCertChain is not None))
        if told.get('heartbeat') == 'ask':
            connection.send_heartbeat_request(b'from python', 20)
        buffer = b''
        while True:
            data = connection.recv(4096)
            if not data:
                break
            buffer += data
            while b'\n' in buffer:
                line, buffer = buffer.split(b'\n', 1)
                connection.send(line[::-1] + b'\n')
        connection.close()
    except Exception as error:  # pylint: disable=broad-except
        say('failed %r' % error)
    finally:
        sock.close()


def server(told):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('127.0.0.1', 0))
    listener.listen(8)
    say('listening %d' % listener.getsockname()[1])
    cache = SessionCache()
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve_one, args=(sock, told, cache), daemon=True).start()


def client(told):
    session = None
    for _ in range(told.get('connections', 1)):
        sock = socket.create_connection(('127.0.0.1', told['port']))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = TLSConnection(sock)
        heard = threading.Event()

        def answered(message, heard=heard):
            say('heartbeat answered %s' % bytes(message.payload).decode('latin-1'))
            heard.set()

        settings = settings_of(told, answered)
        if told.get('anon'):
            connection.handshakeClientAnonymous(session=session, settings=settings, serverName='localhost')
        else:
            chain, key = credential_of(told)
            connection.handshakeClientCert(
                certChain=chain, privateKey=key, session=session, settings=settings, serverName='localhost'
            )
        say('connected resumed=%d' % connection.resumed)
        session = connection.session
        if told.get('heartbeat') == 'ask':
            connection.send_heartbeat_request(b'from python', 20)
        connection.send(b'hello of python\n')
        got = b''
        while not got.endswith(b'\n'):
            data = connection.recv(4096)
            if not data:
                raise EOFError
            got += data
        say('echo %s' % got.decode('latin-1').strip())
        connection.close()


def main():
    told = json.loads(sys.argv[1])
    if told['role'] == 'server':
        server(told)
    for line in sys.stdin:
        try:
            client(json.loads(line))
            say('done')
        except Exception as error:  # pylint: disable=broad-except
            say('failed %r' % error)
    os._exit(0)  # pylint: disable=protected-access


main()
