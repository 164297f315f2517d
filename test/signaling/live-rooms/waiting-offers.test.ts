import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../../src/domain/ids.ts';
import {
  type Party,
  WAITING_OFFERS_PER_USER,
  WaitingOffers,
} from '../../../src/signaling/live-rooms/waiting-offers.ts';
import { OTHER_ROOM, ROOM } from '../../support/server/hub.ts';

const party = (userId: string, peerId?: string): Party => ({
  userId,
  peerId: (peerId as PeerId | undefined) ?? null,
});
const count = (offers: WaitingOffers) => [...offers.all()].flatMap(([, waiting]) => waiting).length;

describe('waiting offers', () => {
  it('[CT3] wait per pair of peers, the newest first, and end with an answer from the right side', () => {
    const offers = new WaitingOffers();
    const [tab, other, ben] = [party('ada', 'tab'), party('ada', 'other'), party('ben', 'ben')];
    offers.add(ROOM, { from: tab, to: ben });
    offers.add(ROOM, { from: other, to: ben });
    expect(offers.find(ROOM, 'ada', 'ben')?.from).toEqual(other);
    offers.add(ROOM, { from: tab, to: ben });
    expect(offers.find(ROOM, 'ada', 'ben')?.from).toEqual(tab);
    expect(count(offers)).toBe(2);
    expect(offers.find(OTHER_ROOM, 'ada', 'ben')).toBeUndefined();
    expect(offers.find(ROOM, 'ben', 'ada')).toBeUndefined();
    offers.end(ROOM, tab, party('ben', 'another tab'));
    expect(count(offers)).toBe(2);
    offers.end(ROOM, tab, ben);
    expect(offers.find(ROOM, 'ada', 'ben')?.from).toEqual(other);
    offers.end(ROOM, other, ben);
    expect([...offers.all()]).toEqual([]);
  });

  it('[CT3] of a user who had no peer yet are those of its peers', () => {
    const offers = new WaitingOffers();
    offers.add(ROOM, { from: party('ada'), to: party('ben') });
    offers.add(ROOM, { from: party('ada', 'tab'), to: party('ben', 'ben') });
    expect(count(offers)).toBe(1);
    offers.end(ROOM, party('ada'), party('ben'));
    expect(count(offers)).toBe(0);
  });

  it('[CT3] end when either side leaves, and with the room', () => {
    const offers = new WaitingOffers();
    const [ada, ben, cem] = [party('ada', 'ada'), party('ben', 'ben'), party('cem')];
    const sides = [ada, ben, cem];
    const fill = () => {
      for (const from of sides) {
        for (const to of sides) if (from !== to) offers.add(ROOM, { from, to });
      }
    };
    fill();
    offers.leave(ROOM, ada);
    expect(count(offers)).toBe(2);
    offers.leave(ROOM, party('cem', 'a peer that never offered'));
    expect(count(offers)).toBe(2);
    offers.leave(ROOM, cem);
    expect(count(offers)).toBe(0);
    fill();
    offers.clear(ROOM);
    expect(count(offers)).toBe(0);
  });

  it(`[CT3] of a user are ${WAITING_OFFERS_PER_USER} at most: the oldest is forgotten`, () => {
    const offers = new WaitingOffers();
    for (let number = 0; number <= WAITING_OFFERS_PER_USER; number++) {
      offers.add(ROOM, { from: party('ada', 'ada'), to: party(`user-${number}`) });
    }
    expect(count(offers)).toBe(WAITING_OFFERS_PER_USER);
    expect(offers.find(ROOM, 'ada', 'user-0')).toBeUndefined();
    expect(offers.find(ROOM, 'ada', `user-${WAITING_OFFERS_PER_USER}`)).toBeDefined();
  });
});
