import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { DeliveriesReply } from '../../src/protocol/admin-bodies.ts';
import { SECRET, startReceiver } from '../webhooks/receiver.ts';
import { type AdminStage, startAdmins } from './admins.ts';

const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('/admin/webhooks', () => {
  it('[AD5] tells what was delivered to whom, by host only', async () => {
    const { stage, receiver, list, create } = await start();
    const roomId = await create();
    await receiver.take(1);
    await expect.poll(async () => (await list()).items[0]?.state).toBe('delivered');
    const host = new URL(receiver.url()).host;
    const [, body] = await stage.act('GET', '/admin/webhooks');
    expect(body).toEqual({
      items: [
        {
          id: expect.stringMatching(/^msg_/),
          type: 'room.created',
          lane: roomId,
          createdAt: ISO,
          host,
          state: 'delivered',
          tries: 1,
          triedAt: ISO,
          outcome: '204',
        },
      ],
      nextCursor: null,
      endpoints: [{ host, waiting: 0, stoppedAt: null, stoppedBecause: null }],
    });
    expect(JSON.stringify(body)).not.toContain('path-secret');
  });

  it('[AD5] sends an event again', async () => {
    const { stage, receiver, list, create } = await start();
    await create();
    const { body } = await receiver.take(1);
    await expect.poll(async () => (await list()).items[0]?.state).toBe('delivered');
    const id = (await list()).items[0]?.id;
    expect(await stage.act('POST', `/admin/webhooks/${id}/resend`)).toEqual([202, { endpoints: 1 }]);
    expect((await receiver.take(2)).body).toBe(body);
    for (const none of ['msg_none', '__proto__', '%00']) {
      expect(await stage.act('POST', `/admin/webhooks/${none}/resend`)).toEqual([404, 'not_found']);
    }
    expect(stage.logged('an admin acted')).toMatchObject([{ action: 'resendEvent', id }]);
  });

  it('[AD5] takes a stopped endpoint up again, and sends at once what waits for it', async () => {
    const { stage, receiver, list, create } = await start();
    receiver.answer((response) => response.writeHead(410).end());
    await create();
    await receiver.take(1);
    await expect.poll(async () => (await list()).endpoints[0]?.stoppedBecause).toBe('gone');
    expect((await list('state=waiting')).items).toMatchObject([{ state: 'waiting', outcome: '410' }]);
    receiver.answer((response) => response.writeHead(204).end());
    expect(await stage.act('POST', '/admin/webhooks/resume')).toEqual([200, { endpoints: 1 }]);
    await receiver.take(2);
    await expect.poll(async () => (await list('state=delivered')).items).toHaveLength(1);
    expect(await stage.act('POST', '/admin/webhooks/resume')).toEqual([200, { endpoints: 0 }]);
    expect((await list()).endpoints).toMatchObject([{ stoppedAt: null, stoppedBecause: null, waiting: 0 }]);
  });

  it('[HT4][AD5] comes in pages, each delivery on one, whichever events come meanwhile', async () => {
    const { stage, receiver, list, create } = await start(['/one', '/two', '/three']);
    receiver.answer((response) => response.writeHead(500).end());
    for (let n = 0; n < 5; n += 1) await create();
    const seen: string[] = [];
    let after = '';
    do {
      const { items, nextCursor } = await list(`limit=4${after}`);
      expect(items.length).toBeLessThanOrEqual(4);
      seen.push(...items.map(({ lane }) => lane));
      after = nextCursor === null ? '' : `&after=${nextCursor}`;
      await create();
    } while (after !== '');
    expect(seen).toHaveLength(15);
    expect(new Set(seen).size).toBe(5);
    const cursor = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
    for (const query of [
      'limit=0',
      'state=lost',
      'state=waiting&state=dropped',
      'after=x',
      `after=${cursor(['live', 1])}`,
      `after=${cursor(['delivery', 1, 1_001])}`,
    ]) {
      expect(await stage.act('GET', `/admin/webhooks?${query}`)).toEqual([400, 'validation_failed']);
    }
    for (const place of [
      ['delivery', 0, 0],
      ['delivery', Number.MAX_SAFE_INTEGER, 1_000],
      ['delivery', 1, 1_000],
    ]) {
      expect((await stage.act('GET', `/admin/webhooks?after=${cursor(place)}`))[0]).toBe(200);
    }
  });

  it('[AD5] is empty without webhooks', async () => {
    const { act } = await startAdmins();
    expect(await act('GET', '/admin/webhooks')).toEqual([
      200,
      { items: [], nextCursor: null, endpoints: [] },
    ]);
    expect(await act('POST', '/admin/webhooks/resume')).toEqual([200, { endpoints: 0 }]);
    expect(await act('POST', '/admin/webhooks/msg_1/resend')).toEqual([404, 'not_found']);
  });
});

async function start(paths: readonly string[] = ['/path-secret']) {
  const receiver = await startReceiver();
  const stage = await startAdmins({
    WEBHOOK_URLS: paths.map((path) => receiver.url(path)).join(),
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_EVENTS: 'room.created',
  });
  return { stage, receiver, list: (query = '') => list(stage, query), create: () => stage.room() };
}

async function list({ act }: AdminStage, query: string): Promise<DeliveriesReply> {
  return v.parse(DeliveriesReply, (await act('GET', `/admin/webhooks?${query}`))[1]);
}
