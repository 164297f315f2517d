import type { Clock } from '../../../src/client/signaling/clock.ts';
import { Session, type SessionEvents } from '../../../src/client/signaling/resumable-session.ts';
import type { Socket, SocketConstructor } from '../../../src/client/signaling/socket.ts';
import type { TokenSource } from '../../../src/client/types.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

interface Frame {
  event: string;
  id?: number;
  payload?: unknown;
}

/** The far end of one WebSocket: the test plays the server. */
export class FakeLine implements Socket {
  readonly url: string;
  readonly protocols: string[];
  readonly sent: Frame[] = [];
  /** How this side closed it: a code, or null for a close without one. */
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

  /** The server sends. */
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

  /** The line ends: the server closes with `code`, or 1006 for a line that broke. */
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
};

/** A session and the server's side of each WebSocket it opened. */
export interface Wire {
  readonly clock: FakeClock;
  readonly session: Session;
  readonly lines: FakeLine[];
  /** All that the session reported, in order. */
  readonly heard: [keyof SessionEvents, unknown][];
  /** The line in use. */
  readonly line: FakeLine;
  /** Lets time pass, and what was promised happen. */
  pass(ms: number): Promise<void>;
}

/** A session that has dialled and waits for its welcome. */
export async function dialled(options: { token?: TokenSource; random?: () => number } = {}): Promise<Wire> {
  const clock = new FakeClock();
  const lines: FakeLine[] = [];
  const heard: Wire['heard'] = [];
  const session = new Session({
    url: 'ws://test/ws',
    token: options.token ?? 'jwt',
    WebSocket: recorded(lines),
    clock: clock satisfies Clock,
    random: options.random ?? (() => 0.5),
  });
  for (const event of ['state', 'message', 'renewed', 'closed'] as const) {
    session.on(event, (value: unknown) => heard.push([event, value]));
  }
  const wire: Wire = {
    clock,
    session,
    lines,
    heard,
    get line() {
      const line = lines.at(-1);
      if (line === undefined) throw new Error('the session has not dialled');
      return line;
    },
    async pass(ms) {
      clock.advance(ms);
      await promised();
    },
  };
  await wire.pass(0);
  return wire;
}

/** A session that is live. */
export async function live(options: Parameters<typeof dialled>[0] = {}): Promise<Wire> {
  const wire = await dialled(options);
  wire.line.welcome();
  return wire;
}

/** Lets all promises that can settle do so. */
export function promised(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function recorded(lines: FakeLine[]): SocketConstructor {
  return class extends FakeLine {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      lines.push(this);
    }
  };
}
