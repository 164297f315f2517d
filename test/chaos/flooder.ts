// Floods a server in every way, and prints the outcome. A program of its own, because it needs ten thousand descriptors.
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { mintToken } from '../../src/load/credentials.ts';
import { SECRET } from '../support/server/accounts.ts';
import { PlainSocket } from './member.ts';
import { RawSocket, REQUEST, textFrame, UPGRADE } from './raw-socket.ts';

export interface FloodFigures {
  readonly flooded: number;
  /** Closed sessions that flooded or sent huge frames, by close code. */
  readonly floodCloses: Readonly<Record<string, number>>;
  readonly hugeCloses: Readonly<Record<string, number>>;
  readonly halfOpened: number;
  /** Half-open connections and slow requests that the server hasn't ended by itself. */
  readonly left: number;
}

const [port = 0, messagesPerSecond = 0, seconds = 0] = process.argv.slice(2).map(Number);
const FLOODING_SESSIONS = 100;
const TIMES_THE_LIMIT = 100;
/** Milliseconds between two batches of a flooding session, and max bytes that wait in it. */
const HANDFUL_MS = 20;
const WAITING_BYTES = 262_144;
const PINGS = (messagesPerSecond * TIMES_THE_LIMIT * HANDFUL_MS) / 1_000;
const HANDFUL = Buffer.concat(Array<Buffer>(PINGS).fill(textFrame('{"event":"ping","payload":{}}')));
const HUGE_SESSIONS = 20;
const HUGE = `{"event":"ping","payload":{"x":"${'x'.repeat(1_048_576)}"}}`;
const HALF_OPEN = 10_000;
/** Connections opened at once: few, because the listen queue isn't tested here. */
const BATCH = 250;
const SLOW_REQUESTS = 200;
/** Milliseconds for the server to end connections without a token: 10 s, its sweep, and a busy machine. */
const ENDING_MS = 40_000;

/** What half-open connections send: nothing, half a request, or a whole one without a token. */
const BEGINNINGS = ['', REQUEST, `${REQUEST}${UPGRADE}\r\n`];

/** Max milliseconds until a first session is closed: on a busy machine the flood starts slowly. */
const PATIENCE_MS = 45_000;
/** When the flood ends, in monotonic milliseconds: it begins once its sessions are connected. */
let end = Number.POSITIVE_INFINITY;
const isOver = (): boolean => {
  const late = performance.now() - end;
  return late > PATIENCE_MS || (late > 0 && Object.keys(floodCloses).length > 0);
};
const open = new Set<Socket>();
const floodCloses: Record<string, number> = {};
const hugeCloses: Record<string, number> = {};
let flooded = 0;

const first = Array.from({ length: FLOODING_SESSIONS }, (_, index) => enter(`flood-${index}`));
await Promise.all(first.map(({ opened }) => opened));
end = performance.now() + seconds * 1_000;
await Promise.all([
  ...first.map((socket, index) => flood(socket, `flood-${index}`)),
  ...Array.from({ length: HUGE_SESSIONS }, (_, index) => sendHuge(`huge-${index}`)),
  openHalf(),
  ...Array.from({ length: SLOW_REQUESTS }, () => requestSlowly()),
]);
const patience = performance.now() + ENDING_MS;
while (open.size > 0 && performance.now() < patience) await pause(100);
const figures: FloodFigures = {
  flooded,
  floodCloses,
  hugeCloses,
  halfOpened: HALF_OPEN,
  left: open.size,
};
process.send?.(figures, () => process.exit(0));

/** Sends pings at a hundred times the limit, and begins a new session whenever it is closed. */
async function flood(begun: RawSocket, name: string): Promise<void> {
  for (let socket = begun; !isOver(); socket = enter(name)) {
    await socket.opened;
    while (!socket.tcp.destroyed && !isOver()) {
      if (socket.tcp.writableLength < WAITING_BYTES) {
        socket.tcp.write(HANDFUL);
        flooded += PINGS;
      }
      await pause(HANDFUL_MS);
    }
    socket.tcp.destroy();
  }
}

function enter(name: string): RawSocket {
  const socket = new RawSocket(port, mintToken(SECRET, name, Date.now()));
  void socket.closed.then((code) => {
    if (!isOver()) floodCloses[code] = (floodCloses[code] ?? 0) + 1;
  });
  return socket;
}

async function sendHuge(name: string): Promise<void> {
  while (!isOver()) {
    const socket = await dial(name);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    if (socket.readyState === PlainSocket.OPEN) {
      socket.send(HUGE);
      await closed;
    }
    await pause(500);
  }
}

function dial(name: string): Promise<PlainSocket> {
  const token = mintToken(SECRET, name, Date.now());
  const socket = new PlainSocket(`ws://127.0.0.1:${port}/ws`, ['parley.v1', `token.${token}`]);
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('open', () => resolve(socket));
    socket.once('close', (code) => {
      if (!isOver()) hugeCloses[code] = (hugeCloses[code] ?? 0) + 1;
      resolve(socket);
    });
  });
}

async function openHalf(): Promise<void> {
  for (let begun = 0; begun < HALF_OPEN; begun += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, (_, index) => begin(BEGINNINGS[index % 3] ?? '')));
  }
}

/** Sends a header that never ends, a byte a second. */
async function requestSlowly(): Promise<void> {
  const socket = await begin(`${REQUEST}X-Slow: `);
  while (!socket.destroyed && !isOver()) {
    socket.write('x');
    await pause(1_000);
  }
}

function begin(text: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    open.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      open.delete(socket);
      resolve(socket);
    });
    socket.once('connect', () => {
      if (text !== '') socket.write(text);
      resolve(socket);
    });
  });
}
