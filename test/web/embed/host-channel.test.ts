import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createHostChannel,
  FRESH_TOKEN_MS,
  HELLO_MS,
  originTest,
} from '../../../src/web/embed/host-channel.ts';

const SITE = 'https://example.org';

/** A window in a frame, and what its parent gets. */
function frame() {
  const sent: (readonly [unknown, string])[] = [];
  const parent = { postMessage: (data: unknown, target: string) => sent.push([data, target]) };
  const target = new EventTarget();
  const window = Object.assign(target, { parent }) as unknown as Window;
  return {
    window,
    sent,
    post(data: unknown, { origin = SITE, source = parent }: { origin?: string; source?: unknown } = {}) {
      target.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
    },
  };
}

function channel(origins = [SITE]) {
  const { window, ...rest } = frame();
  const host = createHostChannel(window, origins);
  if (host === null) throw new Error('no channel');
  const commands: unknown[] = [];
  host.onCommand(({ type }) => commands.push(type));
  return { ...rest, host, commands };
}

const hello = (token: string | null = null) => ({ parley: 1, type: 'hello', token });
const LEAVE = { parley: 1, type: 'leave' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the line to a site', () => {
  it('is none outside a frame, or if no site may frame the page', () => {
    const { window } = frame();
    expect(createHostChannel(window, [])).toBe(null);
    const top = Object.assign(new EventTarget(), {}) as unknown as Window;
    Object.assign(top, { parent: top });
    expect(createHostChannel(top, [SITE])).toBe(null);
  });

  it('says that it is ready, and tells nothing else before hello', () => {
    const { sent, host, post } = channel();
    expect(sent).toEqual([[{ parley: 1, type: 'ready' }, '*']]);
    host.tell({ type: 'left', reason: 'left' });
    expect(sent).toHaveLength(1);
    post(hello('a.b.c'));
    host.tell({ type: 'left', reason: 'left' });
    expect(sent.slice(1)).toEqual([[{ parley: 1, type: 'left', reason: 'left' }, SITE]]);
    expect(host.token.value).toBe('a.b.c');
  });

  it('reads only its parent, from an origin that may, and from no other after hello', () => {
    const { post, commands, host } = channel([SITE, 'https://*.example.org']);
    post(LEAVE);
    post(hello('x'), { source: {} });
    post(hello('x'), { origin: 'https://example.com' });
    post(hello('x'), { origin: 'null' });
    expect([commands, host.token.value]).toEqual([[], null]);
    post(hello('good'));
    post(hello('x'), { origin: 'https://a.example.org' });
    post(LEAVE, { origin: 'https://a.example.org' });
    post(LEAVE, { source: {} });
    expect([commands, host.token.value]).toEqual([[], 'good']);
    post(LEAVE);
    expect(commands).toEqual(['leave']);
  });

  it('waits for hello, but not for ever', async () => {
    const { host } = channel();
    let greeted = false;
    void host.greeted.then(() => {
      greeted = true;
    });
    await vi.advanceTimersByTimeAsync(HELLO_MS - 1);
    expect(greeted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(greeted).toBe(true);
  });

  it('asks for a fresh token once, and takes what comes in time', async () => {
    const { host, post, sent } = channel();
    post(hello('old'));
    const both = Promise.all([host.freshToken(), host.freshToken()]);
    expect(sent.filter(([data]) => JSON.stringify(data).includes('tokenneeded'))).toHaveLength(1);
    post(hello('new'));
    expect(await both).toEqual(['new', 'new']);
    const late = host.freshToken();
    await vi.advanceTimersByTimeAsync(FRESH_TOKEN_MS);
    expect(await late).toBe(null);
    post(hello('newest'));
    expect(host.token.value).toBe('newest');
  });

  it('stays as it is, whatever a stranger or the site itself posts', () => {
    fc.assert(
      fc.property(fc.anything(), fc.boolean(), (data, isSite) => {
        const { post, commands, host } = channel();
        post(hello('good'));
        post(data, isSite ? {} : { source: {}, origin: 'https://example.com' });
        expect([commands, host.token.value]).toEqual([[], 'good']);
      }),
    );
  });
});

describe('originTest', () => {
  it('takes names below a wildcard, and nothing that only looks alike', () => {
    const isAllowed = originTest(['https://*.example.org', 'http://*.example.org:8080']);
    for (const origin of ['https://a.example.org', 'https://a.b.example.org', 'http://a.example.org:8080'])
      expect(isAllowed(origin), origin).toBe(true);
    for (const origin of [
      'https://example.org',
      'https://.example.org',
      'https://aexample.org',
      'http://a.example.org',
      'https://a.example.org:8443',
      'https://a.example.org.evil.com',
      'null',
      '',
    ])
      expect(isAllowed(origin), origin).toBe(false);
  });
});
