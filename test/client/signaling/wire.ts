import { ParleyClientError } from '../../../src/client/errors.ts';
import type { Clock } from '../../../src/client/signaling/clock.ts';
import { ResumableSession, type SessionEvents } from '../../../src/client/signaling/resumable-session.ts';
import type { WebSocketConstructor, WebSocketLike } from '../../../src/client/signaling/session-socket.ts';
import type { TokenSource } from '../../../src/client/types.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

interface Frame {
  event: string;
  id?: number;
  payload?: unknown;
}

/** A WebSocket whose server is the test. */
export class FakeSocket implements WebSocketLike {
  readonly url: string;
  readonly protocols: string[];
  readonly sent: Frame[] = [];
  /** The code with which this side closed it, null for a close without one, undefined while it is open. */
  closedWith: number | null | undefined;
  readonly #listeners = new Map<string, Set<(event: { data: unknown; code: number }) => void>>();

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame));
  }

  close(code?: number): void {
    this.closedWith = code ?? null;
  }

  addEventListener(type: string, listener: (event: { data: unknown; code: number }) => void): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(type, listeners);
  }

  /** The server sends a message. */
  say(event: string, seq: number | undefined, payload?: unknown, re?: number): void {
    this.sayText(JSON.stringify({ event, seq, re, payload }));
  }

  sayText(data: unknown): void {
    this.#fire('message', data, 0);
  }

  welcome(fields: Partial<typeof WELCOME> = {}): void {
    const payload = { ...WELCOME, ...fields };
    this.say('welcome', payload.resumed ? undefined : 1, payload);
  }

  /** The server closes with `code`; 1006: the connection breaks. */
  end(code = 1006): void {
    this.#fire('close', undefined, code);
  }

  #fire(type: string, data: unknown, code: number): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data, code });
  }
}

export const USER = {
  id: 'ann',
  username: null,
  displayName: 'Ann',
  kind: 'guest',
  status: 'online',
  customStatus: null,
  avatarUrl: null,
  bio: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

export const WELCOME = {
  protocol: 1,
  peerId: 'peer-1',
  user: USER,
  resumeToken: 'resume-1',
  resumed: false,
  lastId: 0,
  resumeWindowMs: 30_000,
  heartbeatMs: 25_000,
  limits: { messageBytes: 65_536, messagesPerSecond: 50, burst: 400 },
  serverTime: '2026-01-01T00:00:00.000Z',
  features: [],
};

/** A session, and the server's side of each WebSocket that it opened. */
export interface Wire {
  readonly clock: FakeClock;
  readonly session: ResumableSession;
  readonly sockets: FakeSocket[];
  /** Every event of the session, in order. */
  readonly reported: [keyof SessionEvents, unknown][];
  /** The latest socket. */
  readonly socket: FakeSocket;
  /** Advances the clock, then lets all promises settle that can. */
  pass(ms: number): Promise<void>;
}

/** A session that has dialled and waits for its welcome. */
export async function dialled(options: { token?: TokenSource; random?: () => number } = {}): Promise<Wire> {
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  const reported: Wire['reported'] = [];
  const session = new ResumableSession({
    url: 'ws://test/ws',
    token: options.token ?? 'jwt',
    WebSocket: recording(sockets),
    clock: clock satisfies Clock,
    random: options.random ?? (() => 0.5),
  });
  for (const event of ['state', 'message', 'renewed', 'closed'] as const) {
    session.on(event, (value: unknown) => reported.push([event, value]));
  }
  const wire: Wire = {
    clock,
    session,
    sockets,
    reported,
    get socket() {
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error('the session has not dialled');
      return socket;
    },
    async pass(ms) {
      clock.advance(ms);
      await settled();
    },
  };
  await wire.pass(0);
  return wire;
}

/** A session that got its welcome. */
export async function live(options: Parameters<typeof dialled>[0] = {}): Promise<Wire> {
  const wire = await dialled(options);
  wire.socket.welcome();
  return wire;
}

/** Lets all promises settle that can. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function recording(sockets: FakeSocket[]): WebSocketConstructor {
  return class extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
}

/** How a request ends: `answered`, or the code of its error. */
export function outcomeOf(request: Promise<unknown>): Promise<unknown> {
  return request.then(
    () => 'answered',
    (error: unknown) => (error instanceof ParleyClientError ? error.code : error),
  );
}

/** The messages that the session has reported. */
export function messagesOf({ reported }: Wire): unknown[] {
  return reported.flatMap(([name, value]) => (name === 'message' ? [value] : []));
}

/** Breaks the connection, and lets the session dial again, which it does at once. */
export async function breakConnection(wire: Wire, code = 1006): Promise<void> {
  wire.socket.end(code);
  await wire.pass(0);
}
