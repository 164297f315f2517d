import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { WEBHOOK_TYPES } from '../../src/protocol/webhook-events.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
const GOOD = { WEBHOOK_URLS: 'https://one.example.org/hook', WEBHOOK_SECRET: SECRET };

describe('the settings of webhooks', () => {
  it('[CT5] are none by default, and every event if only URL and secret are set', () => {
    expect(readConfig({}).webhooks).toBeUndefined();
    expect(readConfig({ WEBHOOK_SECRET: SECRET }).webhooks).toBeUndefined();
    expect(readConfig(GOOD).webhooks).toEqual({
      urls: ['https://one.example.org/hook'],
      secrets: [SECRET],
      events: WEBHOOK_TYPES,
    });
  });

  it('[CT5] are lists: each URL once, two secrets, the events that are named', () => {
    const WEBHOOK_URLS = 'http://two.example.org, https://one.example.org/hook,HTTP://two.example.org/';
    const WEBHOOK_EVENTS = 'room.closed, call.started';
    expect(
      readConfig({ WEBHOOK_URLS, WEBHOOK_SECRET: `${SECRET}, ${OLD}`, WEBHOOK_EVENTS }).webhooks,
    ).toEqual({
      urls: ['http://two.example.org/', 'https://one.example.org/hook'],
      secrets: [SECRET, OLD],
      events: ['room.closed', 'call.started'],
    });
  });

  it('[CT5] refuse to start with a sentence that says what is expected, and no secret in it', () => {
    const refusals = [
      [{ WEBHOOK_SECRET: '' }, 'WEBHOOK_URLS is set without WEBHOOK_SECRET: expected both or none'],
      [{ WEBHOOK_SECRET: 'hunter2' }, 'WEBHOOK_SECRET is not valid: expected one or two secrets'],
      [{ WEBHOOK_SECRET: `${SECRET},hunter2` }, 'openssl rand -base64 32'],
      [{ WEBHOOK_SECRET: `${SECRET},${OLD},${SECRET}` }, 'expected one or two secrets'],
      [
        { WEBHOOK_URLS: 'backend.example.org' },
        'WEBHOOK_URLS is "backend.example.org": expected comma-separated http',
      ],
      [{ WEBHOOK_URLS: 'ftp://backend.example.org' }, 'expected comma-separated http or https URLs'],
      [{ WEBHOOK_EVENTS: 'room.opened' }, 'expected comma-separated events, of room.created, room.updated'],
    ] as const;
    for (const [wrong, sentence] of refusals) {
      const read = () => readConfig({ ...GOOD, ...wrong });
      expect(read).toThrow(sentence);
      expect(read).not.toThrow('hunter2');
    }
  });
});
