import * as v from 'valibot';
import { messageOf, ParleyError } from '../domain/errors.ts';
import { attempt } from '../lib/attempt.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { LAST_BACKUP, LastBackup } from '../store/contract/last-backup.ts';
import type { SettingStore } from '../store/contract.ts';
import type { BackupFolder } from './folder.ts';

/** Milliseconds from the start to a backup that is due then: first the clients of the process before come back. */
const FIRST_MS = 10_000;
/** Max milliseconds after a failed backup until it is tried again. */
const RETRY_MS = 300_000;
/** Milliseconds between two looks at the clock: a timer would stand still while the machine sleeps. */
const LOOK_MS = 1_000;
/** Looks between two reads of which backup was the last: `parley backup` makes some too. */
const LOOKS_PER_READ = 60;

const ENDING = 'The server is about to end, so no backup was made. Ask again when it is back.';

/** Copies the database, checks the copy, and puts it in place; see `backUp` in `store/sqlite/backup.ts`. */
export type CopyDatabase = (path: string, file: string, signal: AbortSignal) => Promise<unknown>;

/** Times are milliseconds since 1970. */
export interface BackupStatus {
  /** Of which moment the last backup is, whoever made it. */
  readonly lastAt: number | null;
  /** Its path. */
  readonly file: string | null;
  readonly bytes: number | null;
  /** When the next one is made; null if none is made by itself. */
  readonly nextAt: number | null;
  /** Why there is no newer one, if the last try failed. */
  readonly lastError: string | null;
}

interface BackupsDeps {
  readonly databasePath: string;
  readonly folder: BackupFolder;
  /** Milliseconds from one backup to the next; undefined: only when asked. */
  readonly everyMs: number | undefined;
  /** How many backups stay. */
  readonly keep: number;
  readonly copy: CopyDatabase;
  readonly settings: Pick<SettingStore, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes backups beside the running server, one at a time. */
export class Backups {
  readonly #deps: BackupsDeps;
  readonly #closing = new AbortController();
  readonly #stopLooking: () => void;
  #running: Promise<void> | undefined;
  #last: LastBackup | undefined;
  #nextAt: number | undefined;
  #lastError: string | undefined;
  #looks = 0;

  constructor(deps: BackupsDeps) {
    this.#deps = deps;
    const { folder, everyMs, clock } = deps;
    if (everyMs !== undefined) {
      const due = (newestIn(folder) ?? Number.NEGATIVE_INFINITY) + everyMs;
      this.#nextAt = Math.max(due, clock.now() + Math.min(FIRST_MS, everyMs));
    }
    void this.#readLast();
    this.#stopLooking = clock.every(LOOK_MS, () => this.#look());
  }

  status(): BackupStatus {
    return {
      lastAt: this.#last?.at ?? null,
      file: this.#last?.file ?? null,
      bytes: this.#last?.bytes ?? null,
      nextAt: this.#nextAt ?? null,
      lastError: this.#lastError ?? null,
    };
  }

  /**
   * Makes a backup now, or waits for the one that is being made.
   * @throws ParleyError `unavailable` if it failed
   */
  async make(): Promise<BackupStatus> {
    await this.#run();
    if (this.#lastError !== undefined) throw new ParleyError('unavailable', this.#lastError);
    return this.status();
  }

  /** Stops a backup that is being made: nothing is left of it. */
  async close(): Promise<void> {
    this.#stopLooking();
    this.#closing.abort();
    await this.#running;
  }

  #look(): void {
    const { everyMs, clock } = this.#deps;
    this.#looks += 1;
    if (this.#looks % LOOKS_PER_READ === 0) void this.#readLast();
    if (everyMs === undefined || this.#nextAt === undefined) return;
    // The machine's clock may have been set back.
    this.#nextAt = Math.min(this.#nextAt, clock.now() + everyMs);
    if (clock.now() >= this.#nextAt) void this.#run();
  }

  #run(): Promise<void> {
    this.#running ??= this.#try().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Never rejects. */
  async #try(): Promise<void> {
    const { databasePath, folder, everyMs, keep, copy, clock, log } = this.#deps;
    const [startedAt, began] = [clock.now(), clock.monotonic()];
    const { signal } = this.#closing;
    try {
      signal.throwIfAborted();
      folder.prepare();
      const file = folder.fileAt(startedAt);
      await copy(databasePath, file, signal);
      this.#lastError = undefined;
      if (everyMs !== undefined) this.#nextAt = startedAt + everyMs;
      await this.#readLast();
      log.info('a backup was made', {
        file,
        bytes: this.#last?.bytes,
        ms: Math.round(clock.monotonic() - began),
      });
      attempt(log, 'old backups could not be removed', () => folder.prune(keep, file));
    } catch (thrown) {
      this.#lastError = signal.aborted ? ENDING : messageOf(thrown);
      if (signal.aborted) return folder.tidy();
      const retryInMs = everyMs === undefined ? undefined : Math.min(RETRY_MS, everyMs);
      if (retryInMs !== undefined) this.#nextAt = clock.now() + retryInMs;
      log.error('a backup failed', { error: this.#lastError, retryInMs });
      folder.tidy();
    }
  }

  async #readLast(): Promise<void> {
    const { settings, log } = this.#deps;
    try {
      const stored = v.safeParse(
        v.pipe(v.string(), v.parseJson(), LastBackup),
        await settings.read(LAST_BACKUP),
      );
      if (stored.success) this.#last = stored.output;
    } catch (error) {
      log.warn('the time of the last backup could not be read', { error: messageOf(error) });
    }
  }
}

function newestIn(folder: BackupFolder): number | undefined {
  try {
    return folder.newest();
  } catch {
    // The backup itself will say why it can't be made there.
    return undefined;
  }
}
