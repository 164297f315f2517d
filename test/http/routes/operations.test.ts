import { describe, expect, it } from 'vitest';
import { startHttp } from '../server/harness.ts';
import { raw } from '../server/raw.ts';

const TOKEN = 'a token for the stats';

describe('operations', () => {
  it('[SE8] /ready answers 503 while draining, /health still 200', async () => {
    let draining = false;
    const { get } = await startHttp({ isDraining: () => draining });
    expect((await get('/ready')).status).toBe(200);
    draining = true;
    const ready = await get('/ready');
    expect([ready.status, (await ready.json()).code]).toEqual([503, 'unavailable']);
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
  });

  it("/ready tells the relay's problems and stays 200, because signaling works", async () => {
    const problem = { code: 'listener', message: "The relay can't listen." };
    let problems = [problem];
    const { get } = await startHttp({ relayProblems: () => problems });
    const ready = await get('/ready');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      status: 'degraded',
      certificate: 'none',
      turn: { status: 'degraded', problems: [problem] },
    });
    problems = [];
    expect(await (await get('/ready')).json()).toEqual({ status: 'ready', certificate: 'none' });
  });
});

describe('/metrics', () => {
  it("shows the server's stats in the format of Prometheus", async () => {
    const { get } = await startHttp();
    await get('/nothing');
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? -?[\d.e+-]+)$/);
    }
    for (const line of [
      'parley_sessions{state="live"} 3',
      'parley_sessions{state="suspended"} 1',
      'parley_rooms 2',
      'parley_messages_received_total 70',
      'parley_messages_sent_total 150',
      'parley_messages_relayed_total 60',
      'parley_messages_refused_total{code="peer_gone"} 5',
      'parley_http_responses_total{status="404"} 1',
      'parley_turn_allocations 2',
      'parley_turn_bytes_total{direction="up"} 1000',
      'parley_turn_denials_total{reason="peer"} 4',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    expect(text).toMatch(/\nprocess_resident_memory_bytes \d{7,}\n/);
    expect(text).toMatch(/\nnodejs_eventloop_lag_seconds\{quantile="0.99"\} [\d.e-]+\n/);
    expect(text.match(/^# TYPE .*$/gm)?.length).toBe(new Set(text.match(/^# TYPE .*$/gm)).size);
  });

  it('is closed to requests through a proxy if there is no METRICS_TOKEN', async () => {
    const { get } = await startHttp();
    for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }]) {
      const response = await get('/metrics', headers as Record<string, string>);
      expect([response.status, (await response.json()).code]).toEqual([403, 'forbidden']);
    }
  });

  const marks = [
    { via: '1.1 proxy' },
    { 'x-real-ip': '127.0.0.1' },
    { 'x-forwarded-host': 'localhost' },
    { 'x-forwarded-proto': 'https' },
    { host: 'evil.example' },
    { host: 'calls.example.org:3001' },
    { host: 'localhost.evil.example' },
    { host: '127.0.0.1.evil.example' },
    { host: '192.168.1.5:3001' },
    // nginx with `proxy_set_header Host $host` and `Host $http_host`, asked by the name of this machine.
    { host: 'localhost' },
    { host: '127.0.0.1:8080' },
    { connection: 'upgrade' },
  ];
  for (const headers of marks) {
    it(`is closed if the request may be from elsewhere: ${JSON.stringify(headers)}`, async () => {
      const { port } = await startHttp();
      expect(await statusOf(port, headers)).toBe(403);
    });
  }

  it('is closed to this machine if a proxy that leaves no mark may run on it', async () => {
    const proxies = [{ address: '127.0.0.1', prefix: 32 }];
    for (const options of [{ proxies }, { publicUrl: 'https://calls.example.org' }]) {
      const { port } = await startHttp(options);
      expect(await statusOf(port, { host: `127.0.0.1:${port}` })).toBe(403);
    }
  });

  it('is open to this machine under each of its names', async () => {
    const { port } = await startHttp();
    for (const name of ['localhost', '127.0.0.1', '127.0.0.2', '[::1]']) {
      expect(await statusOf(port, { host: `${name}:${port}` })).toBe(200);
    }
  });

  it('is open to others only with METRICS_TOKEN', async () => {
    const { get } = await startHttp({ metricsToken: TOKEN });
    const elsewhere = { 'x-forwarded-for': '192.0.2.1' };
    const ask = async (authorization?: string) =>
      (await get('/metrics', authorization === undefined ? elsewhere : { ...elsewhere, authorization }))
        .status;
    expect(await ask(`Bearer ${TOKEN.replaceAll(' ', '_')}`)).toBe(401);
    expect(await ask()).toBe(401);
    expect(await ask(`Bearer ${TOKEN}`)).toBe(200);
    const own = await startHttp({ metricsToken: TOKEN });
    expect((await own.get('/metrics')).status).toBe(200);
  });

  it('is closed to this machine once a request has come through a proxy on it', async () => {
    for (const [path, headers] of [
      ['/metrics', { 'x-forwarded-for': '192.0.2.1' }],
      ['/health', { via: '1.1 proxy' }],
      ['/', { host: 'calls.example.org' }],
    ] as const) {
      const { port, get, logged } = await startHttp();
      expect((await get('/metrics')).status).toBe(200);
      await raw(port, head(port, path, headers)).then((client) => client.until(/\r\n\r\n/));
      expect((await get('/metrics')).status).toBe(403);
      expect((await get('/metrics')).status).toBe(403);
      expect(logged.filter((line) => line.includes('METRICS_TOKEN'))).toHaveLength(1);
    }
  });

  it('is open to this machine with HTTPS of its own, which needs no proxy for PUBLIC_URL', async () => {
    const options = {
      publicUrl: 'https://calls.example.org',
      tls: { isHttpsOnly: true },
    };
    const { port } = await startHttp(options);
    expect(await statusOf(port, { host: `localhost:${port}` })).toBe(200);
    await raw(port, head(port, '/health', { host: 'calls.example.org' })).then((client) =>
      client.until(/\r\n\r\n/),
    );
    expect(await statusOf(port, { host: `localhost:${port}` })).toBe(200);
    expect(await statusOf(port, { host: `localhost:${port}`, forwarded: 'for=192.0.2.1' })).toBe(403);
    expect(await statusOf(port, { host: `localhost:${port}` })).toBe(403);
  });

  it('is closed to this machine if any proxy is trusted', async () => {
    const { get } = await startHttp({ proxies: [{ address: '192.0.2.7', prefix: 32 }] });
    expect((await get('/metrics')).status).toBe(403);
  });
});

/** Returns the status of `GET /metrics` with these headers, sent by hand because fetch sets Host itself. */
async function statusOf(port: number, headers: Readonly<Record<string, string>>): Promise<number> {
  const client = await raw(port, head(port, '/metrics', headers));
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(await client.until(/\r\n\r\n/)) ?? [];
  client.destroy();
  return Number(status);
}

function head(port: number, path: string, headers: Readonly<Record<string, string>>): string {
  const all = { host: `localhost:${port}`, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}
