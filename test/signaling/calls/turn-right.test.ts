import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/domain/identity.ts';
import type { DirectCalls } from '../../../src/signaling/calls/direct-calls.ts';
import { turnRight } from '../../../src/signaling/calls/turn-right.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { identity, OTHER_ROOM, ROOM, stage } from '../../support/server/hub.ts';

const CLOCK = new FakeClock();
const ann = (more: Partial<Identity> = {}) => identity('ann', CLOCK, more);
const account = () => ann({ kind: 'registered' });
const right = (
  who: Identity,
  sessions: Parameters<typeof turnRight>[1],
  directCalls: DirectCalls = 'users',
  roomId?: string,
) => turnRight(who, sessions, [], directCalls, roomId);

describe('[CA6] the relay credentials of a caller over HTTP', () => {
  it('are those of its session in a room', () => {
    const { session } = stage().inside('ann');
    expect(right(ann(), [session])).toEqual({ kind: 'session', peerId: session.peerId });
  });

  it('are those of its session in the named room, or of the newest session in a room', () => {
    const on = stage();
    const first = on.inside('ann').session;
    const second = on.inside('ann', OTHER_ROOM).session;
    const both = [first, second];
    const of = ({ peerId }: { peerId: string }) => ({ kind: 'session', peerId });
    expect(right(ann(), both, 'users', ROOM)).toEqual(of(first));
    expect(right(ann(), both, 'users', OTHER_ROOM)).toEqual(of(second));
    expect(right(ann(), both)).toEqual(of(second));
    on.hub.leave(second);
    expect(right(ann(), both, 'users', OTHER_ROOM)).toEqual(of(first));
  });

  it('are none for a guest outside of rooms, nor for another login of the user', () => {
    const on = stage();
    const { session } = on.inside('ann');
    expect(right(ann(), [])).toEqual({ kind: 'none' });
    expect(right(ann({ loginId: 'another' }), [session])).toEqual({ kind: 'none' });
    on.hub.leave(session);
    expect(right(ann(), [session])).toEqual({ kind: 'none' });
  });

  it('are those of the login if it may call directly, and of its session once there is one', () => {
    expect(right(account(), [])).toEqual({ kind: 'login' });
    expect(right(account(), [], 'off')).toEqual({ kind: 'none' });
    expect(right(ann(), [], 'on')).toEqual({ kind: 'login' });
    const on = stage();
    const { session } = on.inside('ann');
    on.hub.leave(session);
    expect(right(account(), [session])).toEqual({ kind: 'session', peerId: session.peerId });
  });

  it('[TK4] are none for a token for one room outside of that room', () => {
    const { session } = stage().inside('ann');
    const tokenFor = (id: typeof ROOM) =>
      ann({ room: { id, admin: false, name: null, send: null, skipKnock: false, issuedAt: null } });
    expect(right(tokenFor(ROOM), [session], 'on')).toEqual({ kind: 'session', peerId: session.peerId });
    expect(right(tokenFor(OTHER_ROOM), [session], 'on')).toEqual({ kind: 'none' });
  });
});
