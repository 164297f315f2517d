import { describe, expect, it } from 'vitest';
import { createLog, silentLog } from '../../src/lib/log.ts';
import type { WebhookEvent } from '../../src/store/contract.ts';
import { ANSWER_BYTES, type Attempt, TRY_MS } from '../../src/webhooks/attempt.ts';
import { LOOK_MS, startDelivery, TRIES_PER_ENDPOINT } from '../../src/webhooks/delivery.ts';
import { createOutbox, WAITING_EVENTS } from '../../src/webhooks/outbox.ts';
import { LONGEST_WAIT_MS } from '../../src/webhooks/schedule.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { temporaryStore } from '../support/server/database.ts';
import { until } from '../support/until.ts';
import { OLD_SECRET, setUp } from './delivery-stage.ts';
import { said, startReceiver } from './receiver.ts';

const HOUR = 3_600_000;
const ONE = 'https://one.example.org/';
const TWO = 'https://two.example.org/';

describe('webhooks for a receiver that behaves badly', () => {
  it('[CT5] hold up nobody else if one endpoint hangs at every try', async () => {
    const receiver = await startReceiver();
    receiver.answer((response, { path }) => {
      if (path === '/good') response.writeHead(200).end();
    });
    const { happen, states } = await setUp({ urls: [receiver.url('/stuck'), receiver.url('/good')] });
    const count = 3 * TRIES_PER_ENDPOINT;
    for (let n = 0; n < count; n += 1) happen(`msg_${n}`, `room-${n}`);
    await until(() => states().filter((state) => state.endsWith('delivered')).length === count);
    await until(() => receiver.received.length === count + TRIES_PER_ENDPOINT);
    expect(receiver.received.filter(({ path }) => path === '/stuck')).toHaveLength(TRIES_PER_ENDPOINT);
  });

  it('[CT5] are taken by one that is slow, up to 15 s', async () => {
    const receiver = await startReceiver();
    let answer = (): unknown => undefined;
    receiver.answer((response) => {
      answer = () => response.writeHead(202).end('later');
    });
    const { clock, happen, states } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await receiver.take(1);
    clock.advance(TRY_MS - 1);
    answer();
    await until(() => states()[0] === 'msg_1 delivered');
  });

  it('[CT5] are tried again if the answer never ends, and taken if it is long', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => response.writeHead(200).write('and so on'));
    const { clock, happen, states, tried, store } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await receiver.take(1);
    clock.advance(TRY_MS);
    await tried(1);
    expect(store.list({ limit: 1 })[0]?.outcome).toBe('no answer within 15 s');
    receiver.answer((response) => response.writeHead(200).end(Buffer.alloc(4 * ANSWER_BYTES, 'x')));
    clock.advance(6_000);
    await until(() => states()[0] === 'msg_1 delivered');
  });

  it.each([
    [503, new Date(Date.now() + HOUR).toUTCString(), [HOUR - 30_000, HOUR]],
    [429, '99999999999999999999', [24 * HOUR, 24 * HOUR]],
    [429, 'soon', [5_000, 5_000]],
    [500, '3600', [5_000, 5_000]],
    [301, '3600', [5_000, 5_000]],
  ] as const)(
    '[CT5] after %i with Retry-After %s wait as long as they should',
    async (status, header, [least, most]) => {
      const receiver = await startReceiver();
      receiver.answer((response) =>
        response.writeHead(status, { 'Retry-After': header, Location: '/' }).end(),
      );
      const { clock, happen, tried, store } = await setUp({ urls: [receiver.url()] });
      happen('msg_1');
      await tried(1);
      const wait = (store.nextDue() ?? 0) - clock.now();
      expect(wait).toBeGreaterThanOrEqual(least);
      expect(wait).toBeLessThanOrEqual(most);
    },
  );
});

describe('webhooks in trouble', () => {
  it('[CT5] are not sent again while their delivery cannot be stored', async () => {
    const receiver = await startReceiver();
    let isFull = true;
    let refused = 0;
    const { clock, happen, states } = await setUp({
      urls: [receiver.url()],
      changed: (store) => ({
        ...store,
        settle(tried, state) {
          if (!isFull) return store.settle(tried, state);
          refused += 1;
          throw new Error('the disk is full');
        },
      }),
    });
    happen('msg_1');
    happen('msg_2');
    happen('msg_3', 'another room');
    await until(() => refused === 2);
    clock.advance(LOOK_MS);
    await until(() => refused === 4);
    expect(receiver.received).toHaveLength(2);
    isFull = false;
    clock.advance(LOOK_MS);
    await until(() => states().every((state) => state.endsWith('delivered')));
    expect(receiver.received).toHaveLength(3);
  });

  it('[CT5] end with the process while their delivery cannot be stored', async () => {
    const receiver = await startReceiver();
    let refused = 0;
    const settle = () => {
      refused += 1;
      throw new Error('the disk is full');
    };
    const { happen, delivery, states } = await setUp({
      urls: [receiver.url()],
      changed: (store) => ({ ...store, settle }),
    });
    happen('msg_1');
    await until(() => refused === 1);
    await delivery.close();
    expect(states()).toEqual(['msg_1 waiting']);
  });

  it('[CT5] do not wait for a clock that was set back', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => response.writeHead(500).end());
    const { clock, happen, tried, states } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await tried(1);
    receiver.answer((response) => response.writeHead(204).end());
    clock.advance(LOOK_MS);
    clock.jump(-HOUR);
    clock.advance(LOOK_MS);
    await until(() => states()[0] === 'msg_1 delivered');
  });

  it('[CT5] do not wait for a clock that was set back before the start', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => response.writeHead(500).end());
    const { clock, happen, tried, delivery, start, store, states } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await tried(1);
    await delivery.close();
    receiver.answer((response) => response.writeHead(204).end());
    clock.jump(-2 * LONGEST_WAIT_MS);
    expect(store.nextDue()).toBeGreaterThan(clock.now() + LONGEST_WAIT_MS);
    start();
    await until(() => states()[0] === 'msg_1 delivered');
  });

  it('[CT5] are signed by the secret of the moment, and gone with their endpoint', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => response.writeHead(500).end());
    const { happen, tried, delivery, start, store, clock } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await tried(1);
    await delivery.close();
    const second = start([OLD_SECRET]);
    clock.advance(6_000);
    const again = await receiver.take(2);
    expect(said(again, OLD_SECRET).id).toBe('msg_1');
    expect(() => said(again)).toThrow();
    await tried(2);
    await second.close();
    store.setEndpoints([TWO]);
    store.setEndpoints([receiver.url()]);
    start();
    clock.advance(60_000);
    happen('msg_2');
    expect(said(await receiver.take(3)).id).toBe('msg_2');
  });

  it('[CT5] are 10,000, of 200 rooms: each is sent once, in the order of its room', async () => {
    const clock = new FakeClock();
    const store = temporaryStore();
    const rooms = 200;
    store.webhooks.setEndpoints([ONE]);
    const events = Array.from({ length: 10_000 }, (_, n) => eventOf(n, `room-${n % rooms}`));
    store.atomically(() => store.webhooks.append(events, WAITING_EVENTS));
    const sent: string[] = [];
    const attempt: Attempt = async ({ id }) => {
      sent.push(id);
      return { result: 'delivered', said: '204', retryAfterMs: 0 };
    };
    const deps = { store: store.webhooks, urls: [ONE], attempt, clock, random: () => 0.5, log: silentLog };
    const delivery = startDelivery(deps);
    await until(() => delivery.stats().attempts.delivered === events.length, 60_000);
    await delivery.close();
    expect(new Set(sent).size).toBe(events.length);
    const last = new Map<number, number>();
    for (const id of sent) {
      const n = Number(id.slice('msg_'.length));
      expect(n).toBeGreaterThan(last.get(n % rooms) ?? -1);
      last.set(n % rooms, n);
    }
    expect(store.webhooks.endpoints()).toMatchObject([{ waiting: 0 }]);
  });

  it('[CT5] are at most 100,000 for an endpoint: it is stopped, loudly, and the others are not', async () => {
    const store = temporaryStore();
    const clock = new FakeClock();
    const lines: string[] = [];
    const log = createLog({
      level: 'info',
      now: clock.now.bind(clock),
      write: (line) => void lines.push(line),
    });
    store.webhooks.setEndpoints([ONE]);
    const events = Array.from({ length: WAITING_EVENTS }, (_, n) => eventOf(n, 'room'));
    store.atomically(() => store.webhooks.append(events, WAITING_EVENTS));
    store.webhooks.setEndpoints([ONE, TWO]);
    let unique = 0;
    const outbox = createOutbox({
      store: store.webhooks,
      types: new Set(['call.started'] as const),
      written: () => undefined,
      unique: () => `new-${++unique}`,
      clock,
      log,
    });
    const tell = () => outbox.tell('call.started', 'room', { roomId: 'room', callId: 'c', participants: 2 });
    expect(lines).toEqual([]);
    tell();
    tell();
    expect(store.webhooks.endpoints()).toMatchObject([
      { url: ONE, waiting: WAITING_EVENTS + 1, stoppedBecause: 'full' },
      { url: TWO, waiting: 2, stoppedAt: null },
    ]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/"error".*one\.example\.org/);
    store.webhooks.restart(clock.now());
    expect(store.webhooks.due(ONE, clock.now(), 9)).toMatchObject([{ id: 'msg_0' }]);
  });
});

function eventOf(n: number, lane: string): WebhookEvent {
  return { id: `msg_${n}`, lane, type: 'call.started', body: '{}', createdAt: 0 };
}
