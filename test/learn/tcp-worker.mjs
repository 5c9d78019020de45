/**
 * A server of another maker for a thread that waits: for each connection the program is started anew, told what it is sent, and
 * what came until it was quiet for a while is the answer. It waits longer for the first byte than for the next. Requests come as
 * messages; the answer is written into shared memory, whose first number says that it is there.
 */
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { shared, command, args, quietMs } = workerData;
const ANSWERED = 2;
const state = new Int32Array(shared, 0, 3);
const bytes = new Uint8Array(shared, 12);

let program;
let socket;
let received = [];
let ended = false;
let quiet;
let silenceMs = 0;
/** A request waits for its answer. */
let isAsked = false;

parentPort.on('message', (request) => {
  isAsked = true;
  if (request.kind === 'open') open();
  else if (request.kind === 'end') {
    program?.kill('SIGKILL');
    process.exit(0);
  } else {
    silenceMs = request.silenceMs;
    if (!ended) socket.write(request.bytes);
    wait();
  }
});

/** Starts the program, which says on what port it listens, and connects. */
function open() {
  socket?.destroy();
  socket = undefined;
  program?.kill('SIGKILL');
  received = [];
  ended = false;
  const own = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  program = own;
  let said = '';
  own.stdout.on('data', (chunk) => {
    said += chunk.toString('latin1');
    const port = /ACCEPT [^\n]*:(\d+)\n/.exec(said)?.[1];
    if (port === undefined || own !== program) return;
    own.stdout.removeAllListeners('data');
    own.stdout.resume();
    dial(Number(port));
  });
}

function dial(port) {
  const own = connect(port, '127.0.0.1');
  socket = own;
  own.setNoDelay(true);
  own.on('connect', () => answer());
  own.on('data', (chunk) => {
    if (own !== socket) return;
    received.push(chunk);
    wait();
  });
  for (const event of ['end', 'close', 'error']) {
    own.on(event, () => {
      if (own !== socket) return;
      ended = true;
      wait();
    });
  }
}

/** The answer is given when nothing has come for a while, and at once when nothing more can. */
function wait() {
  clearTimeout(quiet);
  if (!isAsked) return;
  if (ended) answer();
  else quiet = setTimeout(answer, received.length === 0 ? silenceMs : quietMs);
}

function answer() {
  clearTimeout(quiet);
  if (!isAsked) return;
  isAsked = false;
  const all = Buffer.concat(received);
  received = [];
  bytes.set(all);
  state[1] = all.length;
  state[2] = ended ? 1 : 0;
  Atomics.store(state, 0, ANSWERED);
  Atomics.notify(state, 0);
}
