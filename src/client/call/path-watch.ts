import type { CallPath } from '../../protocol/events.ts';
import type { Clock } from '../signaling/clock.ts';
import { readPath } from './quality/read-path.ts';

/** Milliseconds from a connection to each look at its path: browsers settle on one a little later, and not all tell. */
const LOOKS_MS = [0, 3_000, 10_000, 30_000];

export interface PathWatchDeps {
  readonly clock: Clock;
  readonly peer: RTCPeerConnection;
  /** The browser's stats. Rejects once the connection is closed. */
  readonly readStats: () => Promise<RTCStatsReport>;
  /** Whether the server takes reports, and can be told now. */
  readonly reportsPath: () => boolean;
  /** Rejects if the server refuses the report. */
  readonly tellPath: (path: CallPath) => Promise<unknown>;
}

/** Tells the server how media gets to the peer, once and after each change [CA8]. What fails here harms no call. */
export class PathWatch {
  readonly #deps: PathWatchDeps;
  #told: CallPath | undefined;
  #transport: RTCIceTransport | undefined;
  #cancels: (() => void)[] = [];
  #stopped = false;

  constructor(deps: PathWatchDeps) {
    this.#deps = deps;
  }

  /** Call it when the state of the connection has changed. */
  noteState(): void {
    this.#cancel();
    if (this.#stopped || this.#deps.peer.connectionState !== 'connected') return;
    this.#follow();
    this.#cancels = LOOKS_MS.map((ms) => this.#deps.clock.after(ms, () => void this.#look()));
  }

  /** No way to the peer was found. */
  failed(): void {
    this.#tell('failed');
  }

  /** The peer has another id now, by which the server knows nothing of it. */
  repeat(): void {
    this.#told = undefined;
    this.noteState();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #cancel(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  /** Looks again when the browser takes another pair of candidates. Firefox has no such event. */
  #follow(): void {
    const { peer } = this.#deps;
    const transport = peer.getSenders?.().find((sender) => sender.transport !== null)
      ?.transport?.iceTransport;
    if (transport === undefined || transport === this.#transport) return;
    this.#transport = transport;
    transport.addEventListener?.('selectedcandidatepairchange', () => void this.#look());
  }

  async #look(): Promise<void> {
    const { peer, readStats, reportsPath } = this.#deps;
    if (this.#stopped || !reportsPath()) return;
    try {
      const { path } = readPath(await readStats());
      if (path !== null && peer.connectionState === 'connected') this.#tell(path);
    } catch {
      // A browser without these stats reports nothing.
    }
  }

  #tell(path: CallPath): void {
    if (this.#stopped || this.#told === path || !this.#deps.reportsPath()) return;
    this.#told = path;
    this.#deps.tellPath(path).catch(() => {
      if (this.#told === path) this.#told = undefined;
    });
  }
}
