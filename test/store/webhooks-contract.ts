import { describe, expect, it } from 'vitest';
import type { WebhookEvent } from '../../src/store/contract.ts';
import type { StorePlace } from './contract.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const ONE = 'https://one.example.org/';
const TWO = 'https://two.example.org/';
const MANY = 1_000;

/** Tests how any store must keep what webhooks tell [CT5]. */
export function webhooksContract(name: string, place: () => StorePlace): void {
  describe(`webhooks in ${name}`, () => {
    it('[CT5] are due for every endpoint, the first of each lane, also in a store that is opened later', async () => {
      const where = place();
      const { webhooks } = await where.open();
      await webhooks.setEndpoints([ONE, TWO]);
      await webhooks.append([event('a1', 'a'), event('a2', 'a'), event('b1', 'b')], MANY);
      // The same endpoints keep what waits for them.
      await webhooks.setEndpoints([ONE, TWO]);
      const later = (await where.open()).webhooks;
      for (const url of [ONE, TWO]) {
        const due = await later.due(url, NOW, 10);
        expect(due.map(({ id, body, tries }) => [id, body, tries])).toEqual([
          ['a1', '{"id":"a1"}', 0],
          ['b1', '{"id":"b1"}', 0],
        ]);
      }
      expect(await later.due(ONE, NOW, 1)).toHaveLength(1);
      expect(await later.due(ONE, NOW - 1, 10)).toEqual([]);
    });

    it('[CT5] go on with the next of the lane once one is delivered or dropped', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE]);
      await webhooks.append([event('a1', 'a'), event('a2', 'a'), event('a3', 'a')], MANY);
      await webhooks.settle(await first(webhooks, ONE), 'delivered');
      expect((await webhooks.due(ONE, NOW + 5, 10)).map(({ id }) => id)).toEqual(['a2']);
      await webhooks.settle(await first(webhooks, ONE), 'dropped');
      await webhooks.settle(await first(webhooks, ONE), 'delivered');
      expect(await webhooks.due(ONE, NOW + 5, 10)).toEqual([]);
      expect(await webhooks.nextDue()).toBeUndefined();
      expect((await webhooks.list({ limit: 9 })).map(({ id, state }) => [id, state])).toEqual([
        ['a3', 'delivered'],
        ['a2', 'dropped'],
        ['a1', 'delivered'],
      ]);
    });

    it('[AD5] are listed in pages, the newest first, by what became of them', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE, TWO]);
      const start = { from: Number.MAX_SAFE_INTEGER, skip: 0, limit: 9 };
      expect(await webhooks.page(start)).toEqual({ deliveries: [], next: null });
      await webhooks.append([event('a1', 'a'), event('b1', 'b'), event('c1', 'c')], MANY);
      await webhooks.settle(await first(webhooks, ONE), 'delivered');
      await webhooks.settle(await first(webhooks, TWO), 'dropped');
      const shown = async (query: object) => {
        const { deliveries, next } = await webhooks.page({ ...start, ...query });
        expect(next).toBeNull();
        return deliveries.map(({ id, url, state }) => `${id} ${url === ONE ? 1 : 2} ${state}`);
      };
      const waiting = ['c1 1 waiting', 'c1 2 waiting', 'b1 1 waiting', 'b1 2 waiting'];
      expect(await shown({})).toEqual([...waiting, 'a1 1 delivered', 'a1 2 dropped']);
      expect(await shown({ state: 'waiting' })).toEqual(waiting);
      expect(await shown({ state: 'dropped' })).toEqual(['a1 2 dropped']);
      expect(await shown({ state: 'delivered' })).toEqual(['a1 1 delivered']);
      const [, , third] = (await webhooks.page(start)).deliveries;
      expect(await shown({ from: third?.number, skip: 1, limit: 2 })).toEqual([
        'b1 2 waiting',
        'a1 1 delivered',
      ]);
    });

    it('[CT5] let a lane wait that failed, and no other', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE]);
      await webhooks.append([event('a1', 'a'), event('a2', 'a'), event('b1', 'b')], MANY);
      await webhooks.retry(await first(webhooks, ONE), NOW + 5_000);
      expect((await webhooks.due(ONE, NOW + 4_999, 10)).map(({ id }) => id)).toEqual(['b1']);
      expect(await webhooks.nextDue()).toBe(NOW);
      await webhooks.append([event('a3', 'a')], MANY);
      const due = await webhooks.due(ONE, NOW + 5_000, 10);
      expect(due.map(({ id, tries }) => [id, tries])).toEqual([
        ['b1', 0],
        ['a1', 1],
      ]);
      expect((await webhooks.list({ state: 'waiting', limit: 9 })).find(({ id }) => id === 'a1')).toEqual({
        ...{ url: ONE, id: 'a1', lane: 'a', type: 'room.created', createdAt: NOW, state: 'waiting' },
        ...{ tries: 1, triedAt: NOW + 5, outcome: '500' },
      });
    });

    it('[CT5] are not for an endpoint that was stopped, until it is taken up again', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE, TWO]);
      await webhooks.append([event('a1', 'a')], MANY);
      await webhooks.stop(ONE, 'gone', NOW + 1);
      await webhooks.append([event('a2', 'a')], MANY);
      expect(await webhooks.due(ONE, NOW, 10)).toEqual([]);
      expect(await webhooks.endpoints()).toEqual([
        { url: ONE, waiting: 1, stoppedAt: NOW + 1, stoppedBecause: 'gone' },
        { url: TWO, waiting: 2, stoppedAt: null, stoppedBecause: null },
      ]);
      expect(await webhooks.restart(NOW + 2)).toBe(1);
      expect((await webhooks.due(ONE, NOW + 2, 10)).map(({ id }) => id)).toEqual(['a1']);
    });

    it('[CT5] stop an endpoint for which too many wait, rather than lose one', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE]);
      expect(await webhooks.append([event('a1', 'a'), event('a2', 'a')], 2)).toEqual([]);
      expect(await webhooks.append([event('a3', 'a')], 2)).toEqual([ONE]);
      expect(await webhooks.append([event('a4', 'a')], 2)).toEqual([]);
      expect(await webhooks.endpoints()).toMatchObject([{ waiting: 3, stoppedBecause: 'full' }]);
    });

    it('[CT5] forget an endpoint that is named no longer, and begin anew with another', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE]);
      await webhooks.append([event('a1', 'a')], MANY);
      await webhooks.stop(ONE, 'gone', NOW);
      await webhooks.setEndpoints([TWO]);
      expect(await webhooks.endpoints()).toEqual([
        { url: TWO, waiting: 0, stoppedAt: null, stoppedBecause: null },
      ]);
      expect(await webhooks.list({ limit: 9 })).toEqual([]);
    });

    it('[CT5] can be sent again, also when they were delivered', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE]);
      await webhooks.append([event('a1', 'a'), event('a2', 'a')], MANY);
      await webhooks.settle(await first(webhooks, ONE), 'delivered');
      await webhooks.retry(await first(webhooks, ONE), NOW + 60_000);
      expect(await webhooks.resend('a1', NOW + 9)).toBe(1);
      expect(await webhooks.resend('a1', NOW + 9)).toBe(1);
      expect(await webhooks.resend('none', NOW + 9)).toBeUndefined();
      expect((await webhooks.due(ONE, NOW + 9, 10)).map(({ id, tries }) => [id, tries])).toEqual([['a1', 0]]);
      expect(await webhooks.endpoints()).toMatchObject([{ waiting: 2 }]);
    });

    it('are removed once they are old or many, unless they wait', async () => {
      const { webhooks } = await place().open();
      await webhooks.setEndpoints([ONE]);
      const ids = ['a', 'b', 'c', 'd', 'e'];
      await webhooks.append(
        ids.map((id, n) => event(id, id, NOW + n)),
        MANY,
      );
      const left = async () => (await webhooks.list({ limit: 9 })).map(({ id }) => id).reverse();
      for (const due of (await webhooks.due(ONE, NOW + 9, 9)).filter(({ id }) => id !== 'b')) {
        await webhooks.settle({ ...due, triedAt: NOW, outcome: '200' }, 'delivered');
      }
      const slice = { until: NOW + 2, keep: 100, max: 2 };
      const after = await webhooks.prune({ ...slice, after: 0 });
      expect([after > 0, await left()]).toEqual([true, ['b', 'c', 'd', 'e']]);
      expect([await webhooks.prune({ ...slice, after }), await left()]).toEqual([0, ['b', 'd', 'e']]);
      await webhooks.prune({ after: 0, until: 0, keep: 1, max: 100 });
      expect(await left()).toEqual(['b', 'e']);
      expect(await webhooks.oldest()).toBe(NOW + 1);
    });
  });
}

type Webhooks = Awaited<ReturnType<StorePlace['open']>>['webhooks'];

/** The delivery that is due first, as a try that failed a moment later. */
async function first(webhooks: Webhooks, url: string) {
  const [due] = await webhooks.due(url, NOW + 1_000, 1);
  if (due === undefined) throw new TypeError('nothing is due');
  return { url, lane: due.lane, number: due.number, triedAt: NOW + 5, outcome: '500' };
}

function event(id: string, lane: string, createdAt = NOW): WebhookEvent {
  return { id, lane, type: 'room.created', body: JSON.stringify({ id }), createdAt };
}
