import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/lib/log.ts';
import { link } from '../../../src/signaling/hub.ts';
import { PAUSE_MS, RelayNews, TOLD_AT_ONCE } from '../../../src/signaling/life/relay-news.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { type Person, say, snapshotOf, stage } from '../../support/server/hub.ts';

/** How often somebody was told. */
const told = ({ socket }: Person): number => socket.all('relay:restarted').length;

describe('the news that the relay was restarted', () => {
  it('[CA9] reaches those who have a call in a room, and no one else', () => {
    const { inside, connect, hub } = stage();
    const [ann, ben, cat, out] = [inside('ann'), inside('ben'), inside('cat'), connect('out')];
    link(ann.session, ben.session);
    hub.tellRelayRestarted();
    expect([ann, ben, cat, out].map(told)).toEqual([1, 1, 0, 0]);
  });

  it('[CA9] reaches both ends of a direct call, and the caller while it rings', () => {
    const on = stage();
    const [ann, ben] = [on.connect('ann'), on.connect('ben')];
    say(on, ann, 'call:offer', { userId: 'ben', sdp: 'v=0' });
    on.hub.tellRelayRestarted();
    expect([ann, ben].map(told)).toEqual([1, 0]);
    say(on, ben, 'call:answer', { sdp: 'v=0' });
    on.hub.tellRelayRestarted();
    expect([ann, ben].map(told)).toEqual([2, 1]);
  });

  it('[CA9] waits for a session that is suspended, also over a restart of the server', () => {
    const before = stage();
    const [ann, ben] = [before.inside('ann'), before.inside('ben')];
    link(ann.session, ben.session);
    const rows = [...before.hub.slices()].flat();
    const next = stage({ clock: before.clock });
    next.hub.restore(snapshotOf(rows, before.clock.now()));
    next.hub.tellRelayRestarted();
    ann.socket.flush();
    expect(told(next.resume(ann, 'ann', ann.socket.lastSeq))).toBe(1);
  });

  it('[CA9] goes out in slices, so that 10,000 sessions stall nothing, and afresh after another restart', () => {
    const clock = new FakeClock();
    let sent = 0;
    const session = {
      isOver: false,
      calls: { linked: ['somebody'], ringing: [] },
      send: () => {
        sent += 1;
      },
    };
    const sessions = Array.from({ length: 10_000 }, () => session);
    const news = new RelayNews({ clock, log: silentLog, registry: { all: () => sessions.values() } });
    news.tell();
    expect(sent).toBe(TOLD_AT_ONCE);
    clock.advance(PAUSE_MS);
    expect(sent).toBe(2 * TOLD_AT_ONCE);
    news.tell();
    expect(sent).toBe(3 * TOLD_AT_ONCE);
    clock.advance(999);
    expect(sent).toBe(2 * TOLD_AT_ONCE + 10_000);
    expect(clock.pending).toBe(0);
    news.tell();
    news.stop();
    clock.advance(1_000);
    expect(sent).toBe(3 * TOLD_AT_ONCE + 10_000);
  });
});
