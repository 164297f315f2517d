import * as v from 'valibot';
import { messageOf } from './domain/errors.ts';
import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { Store } from './store/contract.ts';

/** Name of the setting that holds the last restart. */
const SETTING = 'restart';

/** Milliseconds from closing the first connection of a drain until the next process listens: some, and some per session. */
const RESTART_MS = 500;
const RESTART_MS_PER_SESSION = 0.19;
/**
 * Milliseconds of CPU time that a start takes on such a machine, some and some per session. The time on the clock would say more
 * of the disk, which is slow at the first start only.
 */
const START_CPU_MS = 400;
const START_CPU_MS_PER_SESSION = 0.075;
/** How much longer a restart takes at most because the start took more CPU time. */
const MAX_SLOWNESS = 2;
/** Milliseconds after which it was no restart: somebody had stopped the server. */
const MAX_RESTART_MS = 15_000;

const Remembered = v.object({
  sessions: v.number(),
  /** Milliseconds since 1970: when the connections closed; null once the next process has measured. */
  closedAt: v.nullable(v.number()),
  /** Milliseconds that the last restart took longer than usual on this machine, such as for its supervisor. */
  extraMs: v.number(),
});
type Remembered = v.InferOutput<typeof Remembered>;

interface RestartsDeps {
  readonly settings: Pick<Store['settings'], 'read' | 'write'>;
  /** Milliseconds of CPU time since the process started. */
  readonly cpuMs: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Knows how long a restart takes on this machine, so that clients come back when the next process listens [SE8]. */
export class Restarts {
  readonly #deps: RestartsDeps;
  /** 1: not slow. */
  #slowness = 1;
  #extraMs = 0;

  constructor(deps: RestartsDeps) {
    this.#deps = deps;
  }

  /** Measures the restart that ends now. Call it as soon as the server listens. @param restored sessions of the process before */
  async listening(restored: number): Promise<void> {
    const { clock, cpuMs } = this.#deps;
    const now = clock.now();
    this.#slowness = clamp(cpuMs() / (START_CPU_MS + START_CPU_MS_PER_SESSION * restored), 1, MAX_SLOWNESS);
    const last = await this.#read();
    if (last === undefined) return;
    this.#extraMs = last.extraMs;
    if (last.closedAt === null) return;
    const tookMs = now - last.closedAt;
    if (tookMs > 0 && tookMs < MAX_RESTART_MS) this.#extraMs = tookMs - this.#usualMs(last.sessions);
    await this.#write({ sessions: last.sessions, closedAt: null, extraMs: this.#extraMs });
  }

  /** Returns how many milliseconds after the first close the next process will listen, `MAX_RESTART_MS` at most. */
  expectedMs(sessions: number): number {
    const usual = this.#usualMs(sessions);
    return Math.round(clamp(usual + this.#extraMs, usual / 2, MAX_RESTART_MS));
  }

  /** Lets the next process measure this restart. @param closesAt when connections close, in milliseconds since 1970 */
  async ending(sessions: number, closesAt: number): Promise<void> {
    await this.#write({ sessions, closedAt: closesAt, extraMs: this.#extraMs });
  }

  #usualMs(sessions: number): number {
    return this.#slowness * (RESTART_MS + RESTART_MS_PER_SESSION * sessions);
  }

  async #read(): Promise<Remembered | undefined> {
    const { settings } = this.#deps;
    const stored = v.safeParse(v.pipe(v.string(), v.parseJson(), Remembered), await settings.read(SETTING));
    return stored.success ? stored.output : undefined;
  }

  /** Without it, only the next estimate is worse. */
  async #write(remembered: Remembered): Promise<void> {
    const { settings, log } = this.#deps;
    try {
      await settings.write(SETTING, JSON.stringify(remembered));
    } catch (thrown) {
      log.warn('how long a restart takes could not be stored', { error: messageOf(thrown) });
    }
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
