import { afterEach, describe, expect, it } from 'vitest';
import { raw } from '../http/server/raw.ts';
import { type GatewayStage, startGateway } from '../support/server/gateway.ts';

let stage: GatewayStage;

afterEach(() => stage.close());

/** Sends an upgrade by hand, with a second one pipelined behind it. */
function upgrade(headers: readonly string[], host = 'Host: 127.0.0.1'): string {
  const one = (more: readonly string[], hostLine: string): string =>
    [
      'GET /ws?token=ann HTTP/1.1',
      ...(hostLine === '' ? [] : [hostLine]),
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      ...more,
      '',
      '',
    ].join('\r\n');
  return one(headers, host) + one([], 'Host: 127.0.0.1');
}

describe('an upgrade request', () => {
  it('is accepted if its framing is sound', async () => {
    stage = await startGateway();
    const client = await raw(stage.port, upgrade([]));
    expect(await client.until(/"event":"welcome"/)).toMatch(/^HTTP\/1\.1 101 /);
    client.destroy();
  });

  it.each([
    ['two Content-Lengths', ['Content-Length: 0', 'Content-Length: 0'], undefined],
    ['two Content-Lengths that differ', ['Content-Length: 0', 'Content-Length: 44'], undefined],
    ['an empty Content-Length', ['Content-Length: '], undefined],
    ['a Transfer-Encoding that is not chunked', ['Transfer-Encoding: xchunked'], undefined],
    ['an empty Host', [], 'Host: '],
  ])('[HT5] with %s is closed without a word, and nothing behind it is handled', async (_, headers, host) => {
    stage = await startGateway();
    const client = await raw(stage.port, upgrade(headers, host));
    expect(await client.closed()).toBe('');
    expect(stage.hub.stats().sessionsBegun).toBe(0);
    expect(stage.gateway.stats().connections).toBe(0);
  });

  it.each([
    ['no Host', [], ''],
    ['two Hosts', ['Host: other'], 'Host: 127.0.0.1'],
    ['Transfer-Encoding and Content-Length', ['Content-Length: 2', 'Transfer-Encoding: chunked'], undefined],
  ])('[HT5] with %s opens no session', async (_, headers, host) => {
    stage = await startGateway();
    const client = await raw(stage.port, upgrade(headers, host));
    expect(await client.closed()).not.toContain('HTTP/1.1 101');
    expect(stage.hub.stats().sessionsBegun).toBe(0);
  });
});
