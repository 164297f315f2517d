import { setTimeout as pause } from 'node:timers/promises';
import { ParleyClientError } from '../../src/client/errors.ts';
import { browserClock } from '../../src/client/signaling/clock.ts';
import { ResumableSession } from '../../src/client/signaling/resumable-session.ts';
import { mintToken } from '../../src/load/credentials.ts';
import { type Random, seededRandom } from '../../src/load/random.ts';
import { createWire } from '../../src/load/socket.ts';
import { SECRET } from '../support/server/accounts.ts';

/** Max milliseconds between two actions of a visitor. */
const THINKING_MS = 150;
/** Errors that are not the server's fault: the room is full, or the other peer has just left. */
const EXPECTED: ReadonlySet<string> = new Set(['room_full', 'peer_gone', 'closed', 'session_lost']);

interface VisitorDeps {
  readonly name: string;
  readonly wsUrl: string;
  readonly random: Random;
  readonly problem: (text: string) => void;
}

/** Joins a room, calls the peers there, and leaves, again and again, each time with a new session. */
export class Visitor {
  visits = 0;
  calls = 0;
  readonly #deps: VisitorDeps;
  #session: ResumableSession | undefined;

  constructor(deps: VisitorDeps) {
    this.#deps = deps;
  }

  async comeAndGo(roomId: () => string, enough: () => boolean): Promise<void> {
    while (!enough()) {
      try {
        await this.#visit(roomId());
      } catch (thrown) {
        if (!(thrown instanceof ParleyClientError) || !EXPECTED.has(thrown.code)) {
          this.#deps.problem(`${this.#deps.name}: ${thrown}`);
        }
      }
      this.close();
    }
  }

  close(): void {
    this.#session?.close();
  }

  async #visit(roomId: string): Promise<void> {
    const { name, wsUrl, random } = this.#deps;
    const wire = createWire();
    const session = new ResumableSession({
      url: `${wsUrl}/ws`,
      token: () => mintToken(SECRET, name, Date.now()),
      WebSocket: wire.WebSocket,
      clock: browserClock,
      random: seededRandom(random() * 2 ** 32),
    });
    this.#session = session;
    const joined = await session.request('room:join', { roomId });
    if (joined.event !== 'room:joined') return;
    this.visits += 1;
    for (const { peerId: to } of joined.payload.peers) {
      await session.request('call:offer', { to, sdp: 'v=0\r\n'.repeat(200) });
      await session.request('call:ice', { to, candidates: [{ candidate: 'candidate:1' }, null] });
      this.calls += 1;
      await pause(random() * THINKING_MS);
    }
    await pause(random() * THINKING_MS);
    await this.#leave(session, wire.cut);
  }

  /** Leaves the room, ends the session, loses the connection and resumes, or lets the session run out. */
  async #leave(session: ResumableSession, cut: () => boolean): Promise<void> {
    const way = this.#deps.random();
    if (way < 0.5) await session.request('room:leave', {});
    else if (way < 0.7) await session.request('session:bye', {});
    else if (way < 0.9) {
      cut();
      await session.request('ping', {});
    }
  }
}
