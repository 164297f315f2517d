import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { TRY_MS } from '../../src/webhooks/attempt.ts';
import { TRIES_PER_ENDPOINT } from '../../src/webhooks/delivery.ts';
import { TRIES, WAITS } from '../../src/webhooks/schedule.ts';
import { until } from '../support/until.ts';
import { OLD_SECRET, setUp } from './delivery-stage.ts';
import { SECRET, startReceiver } from './receiver.ts';

const HOUR = 3_600_000;

describe('delivery of webhooks', () => {
  it("[CT5] is signed so that the specification's library takes it, the same id at every try", async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => response.writeHead(500).end());
    const { clock, happen, tried } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    const first = await receiver.take(1);
    await tried(1);
    clock.advance(WAITS[0] ?? 0);
    const second = await receiver.take(2);
    for (const { body, headers } of [first, second]) {
      expect(new Webhook(SECRET).verify(body, headers)).toEqual({
        type: 'room.created',
        data: { id: 'msg_1' },
      });
      expect(headers['webhook-id']).toBe('msg_1');
      expect(headers['content-type']).toBe('application/json');
    }
    const seconds = ({ headers }: typeof first) => Number(headers['webhook-timestamp']);
    expect(seconds(second) - seconds(first)).toBe(5);
    expect(() => new Webhook(SECRET).verify(`${first.body} `, first.headers)).toThrow();
  });

  it('[CT5] carries two signatures while there are two secrets', async () => {
    const receiver = await startReceiver();
    const { happen } = await setUp({ urls: [receiver.url()], secrets: [SECRET, OLD_SECRET] });
    happen('msg_1');
    const { body, headers } = await receiver.take(1);
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [SECRET, OLD_SECRET]) new Webhook(secret).verify(body, headers);
  });

  it('[CT5] keeps the order of a room, and lets other rooms and endpoints pass', async () => {
    const receiver = await startReceiver();
    receiver.answer((response, { path, body }) =>
      response.writeHead(path === '/stuck' || body.includes('a1') ? 503 : 200).end(),
    );
    const { happen, states } = await setUp({ urls: [receiver.url('/good'), receiver.url('/stuck')] });
    happen('a1', 'a');
    happen('a2', 'a');
    happen('b1', 'b');
    happen('b2', 'b');
    await until(() => states().filter((state) => state === 'b2 delivered').length === 1);
    const good = receiver.received
      .filter(({ path }) => path === '/good')
      .map(({ body }) => JSON.parse(body).data.id);
    expect(good.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(good.filter((id) => id.startsWith('a'))).toEqual(['a1']);
    expect(receiver.received.some(({ path, body }) => path === '/stuck' && /a2|b2/.test(body))).toBe(false);
  });

  it('[CT5] tries again by its schedule after a redirect, an error, a hang and a torn answer, then drops it', async () => {
    const receiver = await startReceiver();
    const answers: Parameters<typeof receiver.answer>[0][] = [
      (response) => response.writeHead(500).end(),
      (response) => response.writeHead(301, { Location: receiver.url('/elsewhere') }).end(),
      (response) => {
        response.writeHead(200, { 'Content-Length': 1_000 });
        response.write('half', () => response.destroy());
      },
      // Hangs: nothing is answered.
      () => undefined,
    ];
    receiver.answer((response, received) => {
      const answer = answers.shift() ?? ((last) => last.writeHead(404).end());
      answer(response, received);
    });
    const { clock, happen, states, tried, store, delivery } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    happen('msg_2');
    for (let tries = 1; tries <= TRIES; tries += 1) {
      await receiver.take(tries);
      if (tries === 4) clock.advance(TRY_MS);
      if (tries < TRIES) await tried(tries);
      const outcome = store.list({ limit: 9 }).find(({ id }) => id === 'msg_1')?.outcome;
      if (tries === 1) expect(outcome).toBe('500');
      if (tries === 2) expect(outcome).toBe('301');
      if (tries === 4) expect(outcome).toBe('no answer within 15 s');
      const wait = WAITS[tries - 1] ?? 0;
      if (wait === 0) continue;
      clock.advance(wait - 1);
      expect(receiver.received).toHaveLength(tries);
      clock.advance(1_001);
    }
    await receiver.take(TRIES + 1);
    expect(states()[0]).toBe('msg_1 dropped');
    expect(delivery.stats().attempts).toMatchObject({ failed: TRIES - 1, dropped: 1 });
    expect(receiver.received.some(({ path }) => path === '/elsewhere')).toBe(false);
    expect(receiver.received.at(-1)?.body).toContain('msg_2');
  });

  it('[CT5] waits as long as `Retry-After` asks, at most a day', async () => {
    const receiver = await startReceiver();
    let retryAfter = '600';
    receiver.answer((response) => response.writeHead(429, { 'Retry-After': retryAfter }).end());
    const { clock, happen, tried, store } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await tried(1);
    expect(store.nextDue()).toBe(clock.now() + 600_000);
    retryAfter = '900000';
    clock.advance(601_000);
    await tried(2);
    expect(store.nextDue()).toBe(clock.now() + 24 * HOUR);
  });

  it('[CT5] stops at 410, and goes on when it is taken up again', async () => {
    const receiver = await startReceiver();
    receiver.answer((response) => response.writeHead(410).end());
    const { clock, happen, store, states } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await until(() => store.endpoints()[0]?.stoppedBecause === 'gone');
    happen('msg_2');
    clock.advance(2 * HOUR);
    expect(receiver.received).toHaveLength(1);
    receiver.answer((response) => response.writeHead(200).end('thanks'));
    store.restart(clock.now());
    happen('msg_3');
    await until(() => states().includes('msg_3 delivered'));
    expect(states()).toEqual(['msg_1 delivered', 'msg_3 delivered']);
  });

  it('[CT5] comes to a receiver that was away for an hour, in order', async () => {
    const receiver = await startReceiver();
    let isAway = true;
    receiver.answer((response) => (isAway ? response.destroy() : response.writeHead(200).end()));
    const { clock, happen, states, tried } = await setUp({ urls: [receiver.url()] });
    for (const id of ['msg_1', 'msg_2', 'msg_3']) happen(id);
    for (let tries = 1; tries <= 4; tries += 1) {
      await tried(tries);
      clock.advance((WAITS[tries - 1] ?? 0) + 1_000);
    }
    await tried(5);
    isAway = false;
    const before = receiver.received.length;
    clock.advance(2 * HOUR + 1_000);
    await until(() => states().every((state) => state.endsWith('delivered')));
    const ids = receiver.received.slice(before).map(({ body }) => JSON.parse(body).data.id);
    expect(ids).toEqual(['msg_1', 'msg_2', 'msg_3']);
  });

  it('[CT5] runs only so many tries at a time for an endpoint', async () => {
    const receiver = await startReceiver();
    const open: (() => void)[] = [];
    receiver.answer((response) => open.push(() => response.writeHead(200).end()));
    const { happen, states } = await setUp({ urls: [receiver.url()] });
    for (let n = 0; n <= TRIES_PER_ENDPOINT; n += 1) happen(`msg_${n}`, `room-${n}`);
    await receiver.take(TRIES_PER_ENDPOINT);
    expect(open).toHaveLength(TRIES_PER_ENDPOINT);
    open.shift()?.();
    await receiver.take(TRIES_PER_ENDPOINT + 1);
    for (const answer of open) answer();
    await until(() => states().every((state) => state.endsWith('delivered')));
  });

  it('[CT5] comes at least once after an end in the middle of a try, with the same id', async () => {
    const receiver = await startReceiver();
    receiver.answer(() => undefined);
    const { happen, delivery, start, states } = await setUp({ urls: [receiver.url()] });
    happen('msg_1');
    await receiver.take(1);
    await delivery.close();
    expect(states()).toEqual(['msg_1 waiting']);
    receiver.answer((response) => response.writeHead(200).end());
    start();
    const { headers } = await receiver.take(2);
    expect(headers['webhook-id']).toBe('msg_1');
    await until(() => states()[0] === 'msg_1 delivered');
  });
});
