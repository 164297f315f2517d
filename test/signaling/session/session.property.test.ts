import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lend } from '../../../src/lib/borrowed.ts';
import type { Peer } from '../../../src/protocol/fields.ts';
import { placeOf, ROOM, room, stage } from '../../support/server/hub.ts';

const WINDOW_MS = 30_000;

type Step =
  | { readonly do: 'say'; readonly n: number }
  | { readonly do: 'read'; readonly count: number }
  | { readonly do: 'acknowledge' }
  | { readonly do: 'lose' }
  | { readonly do: 'resume' }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), n: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), count: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'acknowledge' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'lose' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'resume' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 20_000, 40_000) }),
  },
);

describe('a session', () => {
  it('[SE3][SE4][SE5] loses nothing, repeats nothing and keeps its order, or says that it is a new one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (script) => {
        const on = stage({ limits: { keptMessages: 6, resumeWindowMs: WINDOW_MS } });
        const ben = on.inside('ben');
        let ann = on.inside('ann');
        /** The last number of this session that the client has read. */
        let read = 1;
        let lost = false;
        let lostMs = 0;
        const take = (count?: number): void => {
          for (const { seq } of ann.socket.flush(count)) {
            if (seq === undefined) continue;
            expect(seq).toBe(read + 1);
            read = seq;
          }
        };
        take();
        for (const move of script) {
          if (move.do === 'say') for (let n = 0; n < move.n; n += 1) placeOf(ben).tellTyping(true);
          else if (move.do === 'read' && !lost) take(move.count);
          else if (move.do === 'acknowledge' && !lost) ann.session.outbox.acknowledge(read);
          else if (move.do === 'lose' && !lost) {
            on.hub.suspend(ann.session, ann.socket);
            lost = true;
            lostMs = 0;
          } else if (move.do === 'wait') {
            on.clock.advance(move.ms);
            lostMs += move.ms;
          } else if (move.do === 'resume') {
            const { lastSeq } = ann.session.outbox;
            const again = on.resume(ann, 'ann', read);
            const possible = !(lost && lostMs >= WINDOW_MS) && lastSeq - read <= 6;
            expect(again.welcome.resumed).toBe(possible);
            if (!possible) {
              read = 1;
              on.hub.enter(again.session, { room: room() });
            }
            // Frames that were still on their way on the old connection are lost.
            ann = again;
            lost = false;
            ann.session.receive(lend(Buffer.from('{"event":"session:ack","payload":{"seq":0}}')));
          }
        }
      }),
    );
  });
});

describe('a room', () => {
  it('[RM1][RM2] has in it who came and did not go, in that order, never more than fit; the later is polite', () => {
    const moves = fc.array(
      fc.record({ do: fc.constantFrom('enter', 'leave', 'bye', 'lose'), who: fc.nat(5) }),
      {
        maxLength: 50,
      },
    );
    fc.assert(
      fc.property(moves, (script) => {
        const on = stage();
        const people = Array.from({ length: 6 }, (_, place) => on.connect(`user-${place}`));
        const gone = new Set<number>();
        let model: number[] = [];
        for (const { do: move, who } of script) {
          const person = people[who];
          if (person === undefined || gone.has(who)) continue;
          if (move === 'enter') {
            const refused = model.includes(who)
              ? 'already_in_room'
              : model.length >= 4
                ? 'room_full'
                : undefined;
            const enter = () => on.hub.enter(person.session, { room: room(ROOM, 4) });
            if (refused !== undefined) expect(enter).toThrow(expect.objectContaining({ code: refused }));
            else {
              enter();
              model.push(who);
            }
          } else if (move === 'lose') on.hub.suspend(person.session, person.socket);
          else if (move === 'leave') {
            if (model.includes(who)) on.hub.leave(person.session);
            else
              expect(() => on.hub.leave(person.session)).toThrow(
                expect.objectContaining({ code: 'not_in_room' }),
              );
            model = model.filter((other) => other !== who);
          } else {
            on.hub.bye(person.session);
            gone.add(who);
            model = model.filter((other) => other !== who);
          }
          const inside: Peer[] = on.hub.liveRooms.peersOf(ROOM);
          expect(inside.map(({ userId, polite }) => [userId, polite])).toEqual(
            model.map((place) => [`user-${place}`, true]),
          );
          expect(on.hub.stats().rooms).toBe(model.length > 0 ? 1 : 0);
        }
      }),
    );
  });
});
