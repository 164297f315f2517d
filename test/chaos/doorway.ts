import { setTimeout as pause } from 'node:timers/promises';
import { ParleyClientError } from '../../src/client/errors.ts';
import { browserClock } from '../../src/client/signaling/clock.ts';
import type { ServerMessage } from '../../src/client/signaling/frames.ts';
import { ResumableSession } from '../../src/client/signaling/resumable-session.ts';
import { mintToken } from '../../src/load/credentials.ts';
import type { Random } from '../../src/load/random.ts';
import { SECRET } from '../support/server/accounts.ts';
import { within } from './chaos.ts';
import { type Member, PlainSocket } from './member.ts';

type Outcome = 'admitted' | 'refused' | 'lost';

/** Somebody who has knocked. */
interface Caller {
  readonly name: string;
  readonly knockId: string;
  readonly peerId: string;
  readonly outcome: Outcome;
}

/** What somebody may hear who waits [KN1]. */
const HEARD_WAITING: ReadonlySet<string> = new Set(['knock:waiting', 'server:draining', 'pong', 'ack']);
/** Share of those who knock that a host admits. */
const ADMITTED = 0.6;
/** Milliseconds that hosts may take, on a bad network and with a busy machine; max milliseconds of a visit. */
const ANSWER_MS = 90_000;
const VISIT_MS = 200;

interface DoorwayDeps {
  readonly wsUrl: string;
  readonly roomId: string;
  readonly random: Random;
  readonly problem: (text: string) => void;
  readonly hosts: readonly Member[];
  readonly members: readonly Member[];
}

/**
 * People who knock one after the other, and two hosts who both answer each of them. It records who was let in, by whom, and
 * what everybody heard of it [KN1]–[KN3].
 */
export class Doorway {
  readonly #deps: DoorwayDeps;
  /** How many have knocked in all. */
  knocks = 0;
  #callers: Caller[] = [];
  /** What hosts got acknowledged, by knock. */
  readonly #answers = new Map<string, Outcome[]>();
  /** How often a member was told that a peer joined or left. */
  readonly #told = new Map<string, number>();
  /** Knocks that a host has seen, and how many are still on its list. */
  readonly #seen = new Set<string>();
  readonly #listed = new Map<string, number>();

  constructor(deps: DoorwayDeps) {
    this.#deps = deps;
    for (const member of deps.members)
      member.session.on('message', (message) => this.#memberHeard(member, message));
  }

  /** Records from now on anew. */
  begin(): void {
    this.#callers = [];
  }

  /** Lets people knock until `enough`. */
  async open(enough: () => boolean): Promise<void> {
    while (!enough()) await this.#call();
  }

  /** Whether no host has anybody on its list. */
  get isEmpty(): boolean {
    return [...this.#listed.values()].every((count) => count === 0);
  }

  /** @param losses whether events may be lost, because the server was killed */
  violations({ losses = false } = {}): string[] {
    const faults: string[] = [];
    for (const { name, knockId, peerId, outcome } of this.#callers) {
      if (outcome === 'lost') {
        if (!losses) faults.push(`${name} was not resumed while it waited`);
        continue;
      }
      const answers = this.#answers.get(knockId) ?? [];
      const wasAnswered = answers.length === 1 || (losses && answers.length === 0);
      if (!wasAnswered || answers.some((answer) => answer !== outcome))
        faults.push(`${name} was ${outcome}; hosts got acknowledged: ${answers.join() || 'nothing'}`);
      for (const member of this.#deps.members) {
        for (const event of ['peer:joined', 'peer:left']) {
          const told = this.#told.get(`${member.name} ${event} ${peerId}`) ?? 0;
          const most = outcome === 'admitted' ? 1 : 0;
          if (told > most || (told < most && !losses))
            faults.push(`${member.name} was told ${told} times of ${event} of ${name}, who was ${outcome}`);
        }
      }
    }
    if (!this.isEmpty && !losses) faults.push(`${this.#deps.roomId}: a host still sees somebody wait`);
    return faults;
  }

  #memberHeard(member: Member, message: ServerMessage): void {
    const { event, payload } = message;
    if (event === 'peer:joined') this.#note(`${member.name} ${event} ${payload.peer.peerId}`);
    if (event === 'peer:left') this.#note(`${member.name} ${event} ${payload.peerId}`);
    if (event !== 'room:knocks') return;
    if (!this.#deps.hosts.includes(member))
      this.#deps.problem(`${member.name} is no host, and sees who waits`);
    this.#listed.set(member.name, payload.items.length);
    for (const { knockId } of payload.items) void this.#answer(member, knockId);
  }

  #note(what: string): void {
    this.#told.set(what, (this.#told.get(what) ?? 0) + 1);
  }

  async #answer(host: Member, knockId: string): Promise<void> {
    const key = `${host.name} ${knockId}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const outcome = this.#deps.random() < ADMITTED ? 'admitted' : 'refused';
    try {
      await host.session.request(outcome === 'admitted' ? 'room:admit' : 'room:refuse', { knockId });
      this.#answers.set(knockId, [...(this.#answers.get(knockId) ?? []), outcome]);
    } catch (thrown) {
      // The other host was faster, or the server was killed.
      const code = thrown instanceof ParleyClientError ? thrown.code : undefined;
      if (code !== 'not_found' && code !== 'session_lost' && code !== 'closed')
        this.#deps.problem(`${host.name} answering a knock: ${thrown}`);
    }
  }

  /** Somebody knocks, waits for the answer, and leaves soon if let in. */
  async #call(): Promise<void> {
    const { roomId, wsUrl, random, problem } = this.#deps;
    const name = `caller-${roomId.slice(0, 8)}-${this.knocks++}`;
    const session = new ResumableSession({
      url: `${wsUrl}/ws`,
      token: () => mintToken(SECRET, name, Date.now()),
      WebSocket: PlainSocket,
      clock: browserClock,
      random,
    });
    try {
      const outcome = listenFor(session, (event) => problem(`${name} heard ${event} while it waited`));
      const knock = await session.request('room:join', { roomId });
      if (knock.event !== 'knock:waiting') return problem(`${name} got ${knock.event} without waiting`);
      const peerId = session.welcome?.peerId ?? '';
      const answer = await within(ANSWER_MS, `the answer to ${name}`, outcome);
      this.#callers.push({ name, knockId: knock.payload.knockId, peerId, outcome: answer });
      if (answer !== 'admitted') return;
      await pause(random() * VISIT_MS);
      await session.request('room:leave', {});
    } catch (thrown) {
      const isLost = thrown instanceof ParleyClientError && thrown.code === 'session_lost';
      if (!isLost) problem(`${name}: ${thrown}`);
    } finally {
      session.close();
    }
  }
}

/** Resolves with the answer to the knock. @param overheard called for each event that isn't for those who wait */
function listenFor(session: ResumableSession, overheard: (event: string) => void): Promise<Outcome> {
  let isWaiting = true;
  return new Promise((resolve) => {
    const end = (outcome: Outcome): void => {
      isWaiting = false;
      resolve(outcome);
    };
    session.on('renewed', () => end('lost'));
    session.on('message', ({ event, payload }) => {
      if (!isWaiting) return;
      if (event === 'room:joined') end('admitted');
      else if (event === 'error' && payload.code === 'knock_refused') end('refused');
      else if (!HEARD_WAITING.has(event)) overheard(event);
    });
  });
}
