import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { PeerId, RoomId, UserId } from '../../src/domain/ids.ts';
import { silentLog } from '../../src/lib/log.ts';
import { WEBHOOK_TYPES } from '../../src/protocol/webhook-events.ts';
import { createOutbox } from '../../src/webhooks/outbox.ts';
import { People } from '../../src/webhooks/people.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryStore } from '../support/server/database.ts';

const roomId = 'room' as RoomId;
const ANN = { peerId: 'a' as PeerId, roomId, userId: 'ann' as UserId, displayName: 'Ann' };
const BEN = { peerId: 'b' as PeerId, roomId, userId: 'ben' as UserId, displayName: 'Ben' };

function setUp() {
  const clock = new FakeClock();
  const store = temporaryStore();
  store.webhooks.setEndpoints(['https://one.example.org/']);
  let unique = 0;
  const outbox = createOutbox({
    store: store.webhooks,
    types: new Set(WEBHOOK_TYPES),
    written: () => undefined,
    unique: () => String(++unique),
    clock,
    log: silentLog,
  });
  const inside = new Set<PeerId>();
  const people = new People({
    outbox,
    inside: store.inside,
    calls: store.calls,
    membersOf: () => [...inside].map((peerId) => ({ peerId })),
    waitingFor: () => [],
    clock,
  });
  const told = async () => {
    await turn();
    return store.webhooks
      .list({ limit: 99 })
      .map(({ type }) => type)
      .reverse();
  };
  return { clock, store, people, inside, told };
}

describe('who is told of', () => {
  it('[CT5] has no `left` if the write of its `joined` was lost', async () => {
    const { store, people, inside, told } = setUp();
    for (const person of [ANN, BEN]) {
      inside.add(person.peerId);
      people.joined(person);
    }
    people.callStarted({ roomId, callId: 'c', startedAt: 0, participants: 2 });
    // As if the commit had failed.
    store.inside.removePeer(BEN.peerId);
    store.inside.removeCall(roomId);
    inside.clear();
    people.left({ ...BEN, reason: 'left' });
    people.callEnded({ roomId, callId: 'c', endedAt: 9, participants: 0 });
    people.left({ ...ANN, reason: 'left' });
    people.left({ ...ANN, reason: 'left' });
    expect(await told()).toEqual([
      ...['participant.joined', 'participant.joined', 'call.started'],
      'participant.left',
    ]);
    people.close();
  });

  it('[CT5] is nobody who is not inside a room, and no call of another id', async () => {
    const { people, told } = setUp();
    people.left({ ...ANN, roomId: null, reason: 'left' });
    people.left({ ...ANN, reason: 'left' });
    people.callEnded({ roomId, callId: 'c', endedAt: 9, participants: 0 });
    expect(await told()).toEqual([]);
    people.close();
  });
});
