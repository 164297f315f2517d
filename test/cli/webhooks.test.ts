import { describe, expect, it } from 'vitest';
import type { WebhookEvent } from '../../src/store/contract.ts';
import { parley } from '../support/server/command-line.ts';
import { temporaryDatabase, temporaryStore } from '../support/server/database.ts';
import { SECRET, said, startReceiver } from '../webhooks/receiver.ts';

const NOW = Date.parse('2026-11-28T09:30:00Z');
const ONE = 'https://one.example.org/secret-path';

function event(id: string, lane = 'room-1'): WebhookEvent {
  return { id, lane, type: 'room.created', body: '{}', createdAt: NOW };
}

/** A database without a server: one event delivered, one dropped, one waiting for an endpoint that is gone. */
function setUp() {
  const path = temporaryDatabase();
  const { webhooks } = temporaryStore(path);
  webhooks.setEndpoints([ONE]);
  webhooks.append([event('msg_1'), event('msg_2'), event('msg_3')], 100);
  for (const state of ['delivered', 'dropped'] as const) {
    const [due] = webhooks.due(ONE, NOW + 1, 1);
    if (due === undefined) throw new TypeError('nothing is due');
    const { url, lane, number } = due;
    webhooks.settle(
      { url, lane, number, triedAt: NOW + 1, outcome: state === 'dropped' ? '500' : '200' },
      state,
    );
  }
  webhooks.stop(ONE, 'gone', NOW + 2);
  const environment = { WEBHOOK_URLS: ONE, WEBHOOK_SECRET: SECRET };
  const run = (...argv: string[]) => parley(['webhooks', ...argv], path, '', environment);
  return { path, webhooks, run };
}

describe('parley webhooks', () => {
  it('[CT5] list shows endpoints and the newest deliveries, by state too', async () => {
    const { run } = setUp();
    const stopped = `${ONE}: 1 waiting, stopped at 2026-11-28T09:30:00.002Z (gone)`;
    const line = (id: string, state: string) =>
      `${id}  2026-11-28T09:30:00.000Z  room.created  room-1  ${state}  one.example.org`;
    expect((await run('list')).out.trim().split('\n')).toEqual([
      stopped,
      line('msg_3', 'waiting'),
      line('msg_2', 'dropped after 1 try, last: 500'),
      line('msg_1', 'delivered after 1 try, last: 200'),
    ]);
    const { code, out } = await run('list', '--state', 'dropped', '--limit', '1');
    expect([code, out]).toEqual([0, `${stopped}\n${line('msg_2', 'dropped after 1 try, last: 500')}\n`]);
  });

  it('[CT5] resend lets one event wait again, and takes stopped endpoints up', async () => {
    const { run, webhooks } = setUp();
    const { code, out } = await run('resend', 'msg_2');
    expect([code, out]).toEqual([0, 'Endpoints taken up again: 1.\nmsg_2 will be sent to 1 endpoint.\n']);
    expect(webhooks.endpoints()).toMatchObject([{ waiting: 2, stoppedAt: null }]);
    expect(webhooks.due(ONE, Date.now(), 9).map(({ id }) => id)).toEqual(['msg_2']);
    expect((await run('resend')).out).toBe('A running server sends what waits within a second.\n');
  });

  it('[CT5] test says what each endpoint answers, signed as every event', async () => {
    const { path } = setUp();
    const receiver = await startReceiver();
    receiver.answer((response, { path: at }) => response.writeHead(at === '/bad' ? 503 : 204).end());
    const WEBHOOK_URLS = `${receiver.url('/good')},${receiver.url('/bad')},http://127.0.0.1:1/`;
    const environment = { WEBHOOK_URLS, WEBHOOK_SECRET: SECRET };
    const { code, out, err } = await parley(['webhooks', 'test'], path, '', environment);
    expect([code, out]).toEqual([1, `${receiver.url('/good')}: taken (204)\n`]);
    expect(err).toContain(`${receiver.url('/bad')}: not taken (503)\nhttp://127.0.0.1:1/: not taken (`);
    expect(receiver.received.map((one) => said(one))).toMatchObject([
      { type: 'webhook.test', data: {} },
      { type: 'webhook.test', data: {} },
    ]);
  });

  it('[CT5] refuses what it does not understand with a sentence that helps', async () => {
    const { run, path } = setUp();
    const refused = [
      [['resend', 'msg_9'], 'There is no event msg_9. `parley webhooks list` shows the ids.'],
      [['list', '--state', 'lost'], '--state is lost: expected waiting, delivered or dropped'],
      [['list', '--limit', '0'], '--limit is 0: expected a whole number above 0'],
      [['resend', 'msg_1', 'msg_2'], 'webhooks resend msg_1 msg_2'],
      [['list', 'msg_1'], 'Unexpected argument'],
      [['send'], 'webhooks send'],
      [[], 'webhooks'],
    ] as const;
    for (const [argv, sentence] of refused) {
      const { code, out, err } = await run(...argv);
      expect([argv, out, code === 0]).toEqual([argv, '', false]);
      expect(err).toContain(sentence);
      expect(err).not.toMatch(/^\s+at /m);
    }
    const { code, err } = await parley(['webhooks', 'list'], path);
    expect([code, err]).toEqual([1, expect.stringContaining('WEBHOOK_URLS is not set.')]);
  });
});

it('[CT5] parley admin create tells of the account that it makes, and of none that was there', async () => {
  const path = temporaryDatabase();
  const { webhooks } = temporaryStore(path);
  webhooks.setEndpoints([ONE]);
  const environment = { WEBHOOK_URLS: ONE, WEBHOOK_SECRET: SECRET };
  const create = () => parley(['admin', 'create', 'ada@example.org'], path, 'correct horse\n', environment);
  for (let times = 0; times < 2; times += 1) expect((await create()).code).toBe(0);
  const due = webhooks.due(ONE, Date.now(), 9);
  expect(due.map(({ body }) => JSON.parse(body))).toMatchObject([
    { type: 'user.registered', data: { user: { kind: 'registered', displayName: null } } },
  ]);
  expect(due[0]?.body).not.toMatch(/example\.org|horse|role/);
});
