import { describe, expect, it } from 'vitest';
import { meetings } from './support/meeting.ts';

const meeting = meetings();

/** What the others are told of somebody with a camera. */
const sends = (audio: boolean) => ({ audio, video: true, screen: false });

describe('a microphone', () => {
  it('that was off before joining stays off for both sides, is heard after unmuting, and is silent again', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob', { microphone: 'off' });
    const [join] = meeting.server.came.filter(({ event, from }) => event === 'room:join' && from === 'bob');
    expect(join?.payload['media']).toEqual(sends(false));
    await ann.until('bob is seen, muted', ([peer]) => peer?.camera === true && !peer.media.audio);
    expect(await ann.hearsSilence()).toBe(true);
    expect(await bob.microphonesEnabled()).toEqual([false]);

    await bob.setMuted({ audio: false });
    await ann.until('bob says that he is on', ([peer]) => peer?.media.audio === true);
    await ann.hears();
    expect(await bob.microphonesEnabled()).toEqual([true]);

    await bob.setMuted({ audio: true });
    await ann.until('bob says that he is off', ([peer]) => peer?.media.audio === false);
    expect(await bob.microphonesEnabled()).toEqual([false]);
    // The last sound may still be on its way when `media:state` has arrived.
    await ann.eventually(async () => expect(await ann.hearsSilence()).toBe(true));
  });

  it('that was off before joining stays off when it is replaced, and when the session is lost', async () => {
    const ann = await meeting.arrive('ann');
    const bob = await meeting.arrive('bob', { microphone: 'off' });
    await ann.until('bob is connected', ([peer]) => peer?.connectionState === 'connected');
    const [before] = await ann.peers();
    await bob.changeMicrophone();
    expect(await bob.microphonesEnabled()).toEqual([false, false]);
    meeting.server.forget();
    await ann.until('bob is back', ([peer]) => peer?.state === 'live' && peer.peerId !== before?.peerId);
    expect(await bob.microphonesEnabled()).toEqual([false, false]);
    expect(await ann.hearsSilence()).toBe(true);
    const told = meeting.server.came.flatMap(({ event, from, payload }) => {
      if (from !== 'bob') return [];
      if (event === 'room:join') return [payload['media']];
      return event === 'media:state' ? [payload] : [];
    });
    expect(told).toEqual([sends(false), sends(false)]);
  });
});

describe('muted at join', () => {
  it('is told with the entry, before anything is sent', async () => {
    const ann = await meeting.arrive('ann');
    await meeting.arrive('bob', { muted: { audio: true, video: true } });
    await ann.until('bob is here', (peers) => peers.length === 1);
    const joins = meeting.server.came.filter(({ event, from }) => event === 'room:join' && from === 'bob');
    expect(joins.map(({ payload }) => payload['media'])).toEqual([
      { audio: false, video: false, screen: false },
    ]);
  });
});
