import { describe, expect, it } from 'vitest';
import { noSuchRoom } from '../../../src/domain/refusals.ts';
import { grant } from '../../../src/domain/room-rights.ts';
import { CHARACTERS_PER_SECOND, PACE_MS } from '../../../src/lib/paced-sends.ts';
import { KNOCKS_PER_ROOM } from '../../../src/signaling/live-rooms/knock-bounds.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { type Person, ROOM, room, type Stage, snapshotOf, stage } from '../../support/server/hub.ts';

const HERE = { ...room(ROOM, 50), name: 'Tea', waitingRoom: true };
const HOSTS = 20;
const LONG = 'n'.repeat(64);

function host(on: Stage, name: string): Person {
  const person = on.connect(name);
  on.hub.enter(person.session, { room: HERE, granted: grant(true) });
  return person;
}

function knock(on: Stage, { session }: Person, n: number): void {
  on.hub.knocks.wait({ room: HERE, waiter: { session }, luggage: {}, address: `192.0.2.${n}` });
}

/** A room with many hosts, for which as many wait as may. */
function crowded() {
  const on = stage();
  const hosts = Array.from({ length: HOSTS }, (_, n) => host(on, `host ${n}`));
  const waiting = Array.from({ length: KNOCKS_PER_ROOM }, (_, n) => on.connect(`${n} ${LONG}`));
  for (const [n, person] of waiting.entries()) knock(on, person, n);
  on.clock.advance(2 * PACE_MS);
  read(hosts);
  return { on, hosts, waiting };
}

/** What the hosts have got since the last time: the lists of each, as text. */
function read(hosts: readonly Person[]): string[][] {
  return hosts.map(({ socket }) => {
    const before = socket.texts.length;
    socket.flush();
    return socket.texts
      .slice(before)
      .filter((text) => text.includes('"room:knocks"'))
      .map((text) => JSON.stringify(JSON.parse(text).payload));
  });
}

const listNow = (on: Stage) => JSON.stringify({ items: on.hub.knocks.itemsOf(ROOM) });
const length = (lists: string[][]) => lists.flat().reduce((sum, text) => sum + text.length, 0);

describe('the lists of who waits', () => {
  it('[KN2] come with every change while that is little', () => {
    const on = stage();
    const hosts = [host(on, 'ann'), host(on, 'ben')];
    read(hosts);
    for (let n = 0; n < 10; n += 1) knock(on, on.connect(`guest ${n}`), n);
    const [ann, ben] = read(hosts);
    expect(ann).toHaveLength(10);
    expect(ben).toEqual(ann);
  });

  it('[KN2] cost a budget, however often somebody knocks and leaves; all hosts see the same, and soon the newest', () => {
    const { on, hosts, waiting } = crowded();
    const [first] = waiting;
    if (first === undefined) throw new Error('nobody waits');
    const one = HOSTS * listNow(on).length;
    for (let n = 0; n < 200; n += 1) {
      on.hub.leave(first.session);
      knock(on, first, 0);
    }
    const atOnce = read(hosts);
    expect(length(atOnce)).toBeLessThanOrEqual(CHARACTERS_PER_SECOND + one);
    on.clock.advance(PACE_MS + 100);
    const later = read(hosts);
    expect(later).toEqual(hosts.map(() => [listNow(on)]));
    for (const lists of atOnce) expect(lists).toEqual(atOnce[0]);
  });

  it('[KN2] come to a host who comes in while a change is untold together with those of all others', () => {
    const { on, hosts, waiting } = crowded();
    for (const { session } of waiting.slice(0, 90)) on.hub.leave(session);
    const late = host(on, 'late');
    const seen = read([late]);
    expect(seen).toEqual([[]]);
    on.clock.advance(PACE_MS + 100);
    const all = read([...hosts, late]).map((lists) => lists.at(-1));
    expect(new Set(all)).toEqual(new Set([listNow(on)]));
  });

  it('[KN2] come once if a room ends for all who wait', () => {
    const { on, hosts } = crowded();
    on.hub.knocks.endAll(ROOM, noSuchRoom());
    expect(read(hosts)).toEqual(hosts.map(() => ['{"items":[]}']));
  });

  it('[KN2][SE8] are told before a restart, and never after a host has gone', () => {
    const { on, hosts, waiting } = crowded();
    for (const { session } of waiting.slice(0, 90)) on.hub.leave(session);
    const [gone, stays] = hosts;
    if (gone === undefined || stays === undefined) throw new Error('there is no host');
    on.hub.bye(gone.session);
    read(hosts);
    const savedAt = on.clock.now();
    on.hub.drain();
    const rows = [...on.hub.slices()].flat();
    on.hub.close();
    const after = stage({ clock: new FakeClock(savedAt) });
    after.hub.restore(snapshotOf(rows, savedAt));
    expect(read([after.resume(stays, stays.session.userId)]).flat()).toEqual([listNow(after)]);
    expect(read([gone])).toEqual([[]]);
  });
});
