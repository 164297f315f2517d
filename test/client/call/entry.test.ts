import { describe, expect, it } from 'vitest';
import type { Waiting } from '../../../src/client/types.ts';
import { outcomeOf } from '../signaling/wire.ts';
import { fakeCall, insideCall, peer, ROOM, ROOM_ID } from '../support/fake-call.ts';
import { track } from '../support/fake-track.ts';

const KNOCK = { knockId: 'k1', room: { id: ROOM_ID, name: 'Tea' } };

/** A side that waits for a host, and what it was told. */
async function waitingCall(options = {}) {
  const told: Waiting[] = [];
  const fake = await fakeCall({ ...options, onWaiting: (waiting) => told.push(waiting) });
  await fake.say('knock:waiting', KNOCK, 'room:join');
  return { ...fake, told };
}

describe('waiting for a host', () => {
  it('[KN1] is reported, and ends with the room as after a join', async () => {
    const { told, entering, letIn, call } = await waitingCall();
    expect(told).toMatchObject([KNOCK]);
    expect(call.peers.size).toBe(0);
    await letIn({ peers: [peer('bob')] });
    await expect(entering).resolves.toBeUndefined();
    expect([...call.peers.keys()]).toEqual(['bob']);
  });

  it('[SE3] survives a lost line: the place in the line stays', async () => {
    const { told, entering, letIn, resume, sent } = await waitingCall();
    await resume();
    expect(sent('room:join')).toEqual([]);
    await letIn();
    await expect(entering).resolves.toBeUndefined();
    expect(told).toHaveLength(1);
  });

  it('[SE4] survives a lost session: this side knocks again', async () => {
    const { told, entering, letIn, renew, say, sent } = await waitingCall({ password: 'open sesame' });
    await renew();
    expect(sent('room:join')).toMatchObject([{ roomId: ROOM_ID, password: 'open sesame' }]);
    await say('knock:waiting', { ...KNOCK, knockId: 'k2' }, 'room:join');
    await letIn();
    await expect(entering).resolves.toBeUndefined();
    expect(told.map(({ knockId }) => knockId)).toEqual(['k1', 'k2']);
  });

  it('[KN4] tries again if the line is full after a lost session', async () => {
    const { entering, letIn, renew, say, sent, wire } = await waitingCall();
    await renew();
    await say('error', { code: 'rate_limited', message: 'Full.', retryAfterMs: 10_000 }, 'room:join');
    await wire.pass(9_999);
    expect(sent('room:join')).toHaveLength(1);
    await wire.pass(1);
    expect(sent('room:join')).toHaveLength(2);
    await letIn();
    await expect(entering).resolves.toBeUndefined();
  });

  it.each(['knock_refused', 'room_not_found', 'banned', 'room_not_open'])(
    '[KN5] ends with what the server says: %s',
    async (code) => {
      const { entering, say } = await waitingCall();
      await say('error', { code, message: 'No.', ...(code === 'knock_refused' && { retryAfterMs: 30_000 }) });
      await expect(entering).rejects.toMatchObject({ code, message: 'No.' });
    },
  );

  it('[WS6] is not ended by an error about something else', async () => {
    const { entering, say, letIn } = await waitingCall();
    await say('error', { code: 'rate_limited', message: 'Too fast.', retryAfterMs: 5 });
    await letIn();
    await expect(entering).resolves.toBeUndefined();
  });

  it('[KN5] is given up by this side', async () => {
    const { told, entering, say, sent } = await waitingCall();
    const outcome = outcomeOf(entering);
    const left = told[0]?.leave();
    expect(sent('room:leave')).toHaveLength(1);
    await say('ack', undefined, 'room:leave');
    await expect(left).resolves.toBeUndefined();
    expect(await outcome).toBe('closed');
  });

  it('lets devices be changed and muted; the others learn of it on entry', async () => {
    const microphone = track('audio');
    const { told, letIn, sent, call } = await waitingCall({ microphone });
    expect(sent('room:join')).toMatchObject([{ media: { audio: true, video: false } }]);
    told[0]?.setMuted({ audio: true });
    await told[0]?.setCamera(track('video'));
    expect(told[0]?.muted).toEqual({ audio: true, video: false });
    expect(sent('media:state')).toEqual([]);
    await letIn();
    expect(sent('media:state')).toEqual([{ audio: false, video: true, screen: false }]);
    expect(microphone.enabled).toBe(false);
    expect(call.muted.audio).toBe(true);
  });

  it('[KN1] after a lost session is reported by an event, and its end too', async () => {
    const told: (string | undefined)[] = [];
    const { call, renew, say, letIn } = await insideCall();
    call.on('waiting', (waiting) => told.push(waiting?.knockId));
    await renew();
    await say('knock:waiting', KNOCK, 'room:join');
    await letIn();
    expect(told).toEqual(['k1', undefined]);
  });
});

describe('entry', () => {
  it('[RM6] brings an invitation along', async () => {
    const { sent } = await fakeCall({ invite: 'secret' });
    expect(sent('room:join')).toMatchObject([{ invite: 'secret' }]);
  });

  it('asks no more once the call is over', async () => {
    const { call, say, sent, wire } = await insideCall();
    await wire.pass(0);
    const left = call.leave();
    await say('error', { code: 'rate_limited', message: 'Too fast.', retryAfterMs: 5 }, 'room:leave');
    await left;
    await wire.pass(5_000);
    expect(sent('room:join')).toHaveLength(1);
  });

  it('[RM11] tells a name and what the application says again after a lost session', async () => {
    const { call, renew, letIn, say, sent } = await insideCall({}, { userInfo: { team: 1 } });
    const updating = call.update({ displayName: 'Ada (host)', userInfo: { team: 2 } });
    expect(sent('peer:update')).toEqual([{ displayName: 'Ada (host)', userInfo: { team: 2 } }]);
    await say('ack', undefined, 'peer:update');
    await updating;
    await renew();
    expect(sent('room:join')).toMatchObject([{ userInfo: { team: 2 } }]);
    await letIn();
    expect(sent('peer:update')).toEqual([{ displayName: 'Ada (host)' }]);
  });

  it('[RM3] ends if the user left over HTTP', async () => {
    const { call, say } = await insideCall();
    const ended: string[] = [];
    call.on('ended', (reason) => ended.push(reason));
    await say('room:left', { roomId: ROOM.id });
    expect(ended).toEqual(['left']);
  });
});

describe('a room whose calls take relays only', () => {
  const relayed = { room: { ...ROOM, relayOnly: true }, peers: [peer('bob')] };
  const policies = ({ made }: { made: readonly { closed: boolean; configuration: RTCConfiguration }[] }) =>
    made.filter(({ closed }) => !closed).map(({ configuration }) => configuration.iceTransportPolicy);

  it('keeps every connection to relay candidates', async () => {
    const fake = await insideCall(relayed);
    expect(policies(fake)).toEqual(['relay']);
    await fake.say('peer:joined', { peer: peer('cem') });
    await fake.say('ice:servers', { iceServers: [], expiresAt: '2026-01-01T00:00:00.000Z' });
    expect(policies(fake)).toEqual(['relay', 'relay']);
  });

  it('looks for other paths when that changes, once for both sides', async () => {
    const fake = await insideCall({ peers: [peer('bob'), peer('cem', { polite: true })] });
    expect(policies(fake)).toEqual(['all', 'all']);
    await fake.say('room:updated', { room: relayed.room });
    expect(policies(fake)).toEqual(['relay', 'relay']);
    await fake.say('room:updated', { room: ROOM });
    expect(policies(fake)).toEqual(['all', 'all']);
  });

  it('stays with relays in any room if the application wants that', async () => {
    const fake = await insideCall({ peers: [peer('bob')] }, { rtc: { iceTransportPolicy: 'relay' } });
    await fake.say('room:updated', { room: relayed.room });
    await fake.say('room:updated', { room: ROOM });
    expect(policies(fake)).toEqual(['relay']);
  });
});
