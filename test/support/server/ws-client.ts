import * as v from 'valibot';
import { WebSocket } from 'ws';
import { TokensReply } from '../../../src/protocol/bodies.ts';
import { type ServerEvent, type ServerPayload, Welcome } from '../../../src/protocol/events.ts';

/** Max milliseconds that a test waits for a frame; long, because of password hashes on a busy machine. */
const DEADLINE_MS = 20_000;

export interface RawFrame {
  readonly event: string;
  readonly seq?: number;
  readonly re?: number;
  // Tests compare payloads with what they expect, so no type is needed.
  readonly payload?: unknown;
}

export interface RawOptions {
  /** Such as `ws://127.0.0.1:3001`. */
  readonly wsUrl: string;
  /** Default `/ws`. */
  readonly path?: string;
  /** Sent in the subprotocol. */
  readonly token?: string | undefined;
  readonly resume?: { readonly token: string; readonly lastSeq: number } | undefined;
  /** Subprotocols in place of those made from `token` and `resume`. */
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

interface Wait {
  readonly matches: (frame: RawFrame) => boolean;
  readonly take: (frame: RawFrame) => void;
}

/** A client that speaks the raw wire contract: it checks and acknowledges nothing by itself. */
export class RawClient {
  readonly socket: WebSocket;
  /** All frames received, in order, as text. */
  readonly texts: string[] = [];
  readonly frames: RawFrame[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #unread: RawFrame[] = [];
  readonly #waits = new Set<Wait>();
  #lastId = 0;

  constructor({ wsUrl, path = '/ws', token, resume, protocols, headers = {} }: RawOptions) {
    const offered = protocols ?? [
      ...(token === undefined ? [] : ['parley.v1', `token.${token}`]),
      ...(resume === undefined ? [] : [`resume.${resume.token}.${resume.lastSeq}`]),
    ];
    this.socket = new WebSocket(`${wsUrl}${path}`, [...offered], { headers, perMessageDeflate: false });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
    // A test that doesn't await this promise must not crash on its rejection.
    this.opened.catch(() => {});
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('message', (data) => this.#received(String(data)));
  }

  /** The next frame of this event that no earlier `next` has taken; skips others before it. */
  async next<Event extends ServerEvent>(
    event: Event,
    matches: (frame: RawFrame) => boolean = () => true,
  ): Promise<RawFrame & { payload: ServerPayload<Event> }> {
    const frame = await this.nextFrame((candidate) => candidate.event === event && matches(candidate), event);
    return frame as RawFrame & { payload: ServerPayload<Event> };
  }

  nextFrame(matches: (frame: RawFrame) => boolean, what = 'a frame'): Promise<RawFrame> {
    const there = this.#unread.findIndex(matches);
    const [frame] = there < 0 ? [] : this.#unread.splice(there, 1);
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve, reject) => {
      const wait: Wait = {
        matches,
        take: (taken) => {
          clearTimeout(deadline);
          resolve(taken);
        },
      };
      const deadline = setTimeout(() => {
        this.#waits.delete(wait);
        const came = this.frames.map(({ event }) => event).join(', ');
        reject(new Error(`${what} did not come within ${DEADLINE_MS} ms; what came: ${came}`));
      }, DEADLINE_MS);
      this.#waits.add(wait);
    });
  }

  send(event: string, payload?: unknown, id?: number): void {
    this.#lastId = Math.max(this.#lastId, id ?? 0);
    this.sendText(JSON.stringify({ event, id, payload }));
  }

  /** Sends a frame, or queues it until the connection is open. */
  sendText(text: string): void {
    if (this.socket.readyState !== WebSocket.CONNECTING) this.socket.send(text);
    else
      this.opened.then(
        () => this.socket.send(text),
        () => {},
      );
  }

  /** Sends with the next id. Resolves with the answer: `ack`, `error` or a named reply. */
  request(event: string, payload?: unknown): Promise<RawFrame> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.send(event, payload, id);
    return this.nextFrame(({ re }) => re === id, `the answer to ${event}`);
  }

  /** Resolves when the server has handled all that was sent before. */
  async settled(): Promise<void> {
    await this.request('ping');
  }

  /** Loses the connection without a close frame. */
  cut(): void {
    this.socket.terminate();
  }

  get welcome(): Promise<RawFrame & { payload: Welcome }> {
    return this.next('welcome');
  }

  /** The highest `seq` received. */
  get lastSeq(): number {
    return this.frames.reduce((highest, { seq }) => Math.max(highest, seq ?? 0), 0);
  }

  events(): string[] {
    return this.frames.map(({ event }) => event);
  }

  #received(text: string): void {
    const frame: RawFrame = JSON.parse(text);
    if (frame.event === 'welcome')
      this.#lastId = Math.max(this.#lastId, v.parse(Welcome, frame.payload).lastId);
    this.texts.push(text);
    this.frames.push(frame);
    for (const wait of this.#waits) {
      if (!wait.matches(frame)) continue;
      this.#waits.delete(wait);
      wait.take(frame);
      return;
    }
    this.#unread.push(frame);
  }
}

export function connectRaw(options: RawOptions): RawClient {
  return new RawClient(options);
}

/** Creates a guest by HTTP. */
export async function signIn(url: string, displayName = 'Guest'): Promise<v.InferOutput<typeof TokensReply>> {
  const response = await fetch(`${url}/auth/guest`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ displayName }),
  });
  return v.parse(TokensReply, await response.json());
}
