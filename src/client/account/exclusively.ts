import type { AccountStorage } from '../account-types.ts';
import { ParleyClientError } from '../errors.ts';
import { KEY } from './login-store.ts';
import type { Tab } from './tab.ts';

/** Max milliseconds that a tab waits for the others. One refresh takes at most two requests and a pause, 21 s. */
const WAIT_MS = 30_000;
const LEASE_KEY = `${KEY}.lock`;
/** Milliseconds after which another tab may take the lease of one that has gone. */
const LEASE_MS = 25_000;
/** Milliseconds between two looks at the lease. */
const LOOK_MS = 100;

/**
 * Runs one task at a time across the tabs that share the storage. Otherwise two tabs could send one refresh token, which the
 * server forgives for 30 s only [TK5].
 * @throws ParleyClientError `timeout` if the others take longer than 30 s
 */
export async function exclusively<Value>(
  tab: Tab,
  storage: AccountStorage | undefined,
  run: () => Promise<Value>,
): Promise<Value> {
  if (storage === undefined) return run();
  if (tab.locks === undefined) return withLease(tab, storage, run);
  let runs = false;
  try {
    return await tab.locks.request(KEY, { signal: AbortSignal.timeout(WAIT_MS) }, () => {
      runs = true;
      return run();
    });
  } catch (error) {
    if (runs) throw error;
    if (error instanceof DOMException && error.name === 'TimeoutError') throw busy();
    // Some browsers have locks and refuse them, as to pages in a sandbox.
    return withLease(tab, storage, run);
  }
}

/** For pages over plain HTTP, which have no locks: the tab whose name stays in the storage goes first. */
async function withLease<Value>(
  tab: Tab,
  storage: AccountStorage,
  run: () => Promise<Value>,
): Promise<Value> {
  const name = String(tab.random());
  try {
    await takeLease(tab, storage, name);
  } catch (error) {
    if (error instanceof ParleyClientError) throw error;
    return run(); // The storage is full or forbidden: other tabs can't read of this login there either.
  }
  try {
    return await run();
  } finally {
    releaseLease(storage, name);
  }
}

/** @throws what the storage throws */
async function takeLease({ clock, random }: Tab, storage: AccountStorage, name: string): Promise<void> {
  const giveUpAt = clock.now() + WAIT_MS;
  for (;;) {
    const [holder, endsAt] = storage.getItem(LEASE_KEY)?.split(' ') ?? [];
    if (holder === name) return;
    const leftMs = Number(endsAt) - clock.now();
    // More than a lease lasts: the clock was set back, or the text is garbage.
    const isTaken = leftMs > 0 && leftMs <= LEASE_MS;
    if (!isTaken) storage.setItem(LEASE_KEY, `${name} ${clock.now() + LEASE_MS}`);
    else if (clock.now() > giveUpAt) throw busy();
    // Two tabs may have written at the same time: the last one holds the lease.
    await new Promise<void>((resolve) => clock.after(LOOK_MS * (0.5 + random()), resolve));
  }
}

function releaseLease(storage: AccountStorage, name: string): void {
  try {
    if (storage.getItem(LEASE_KEY)?.startsWith(`${name} `) === true) storage.removeItem(LEASE_KEY);
  } catch {
    // The storage was forbidden meanwhile; the lease runs out by itself.
  }
}

function busy(): ParleyClientError {
  return new ParleyClientError('timeout', 'Other tabs did not finish their requests in time. Try again.');
}
