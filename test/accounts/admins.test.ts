import { describe, expect, it } from 'vitest';
import { createAdmins, LOOK_MS } from '../../src/accounts/admins.ts';
import { createEvents } from '../../src/domain/events.ts';
import type { UserId } from '../../src/domain/ids.ts';
import { guardTimers } from '../../src/lib/guarded-clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { FakeClock } from '../support/fakes/clock.ts';

describe('admins made by another process', () => {
  it('[TK7] are looked for again after a look that failed, which is logged', async () => {
    const clock = new FakeClock();
    const logged: string[] = [];
    const changed: UserId[] = [];
    const events = createEvents({ log: silentLog });
    events.subscribe('user.changed', ({ userId }) => void changed.push(userId));
    let ids: UserId[] = [];
    let isDown = true;
    const admins = await createAdmins({
      store: {
        admins: {
          ids: async () => ids,
          exist: async () => ids.length > 0,
          promote: async () => undefined,
          setRole: async () => undefined,
        },
        changedElsewhere: async () => {
          if (isDown) throw new Error('the database is away');
          return true;
        },
      },
      clock: guardTimers(clock, { ...silentLog, error: (message) => logged.push(message) }),
      events,
    });
    ids = ['ada' as UserId];
    clock.advance(LOOK_MS);
    await expect.poll(() => logged).toEqual(['a timer failed']);
    isDown = false;
    clock.advance(LOOK_MS);
    await expect.poll(() => changed).toEqual(['ada']);
    admins.close();
    expect(clock.pending).toBe(0);
  });
});
