import { describe, expect, it } from 'vitest';
import { type CheckDeps, runChecks } from '../../../src/client/check/check-connection.ts';
import type {
  ConnectionCheck,
  ConnectionCheckOptions,
  ConnectionReport,
} from '../../../src/client/check/check-types.ts';
import { ParleyClientError } from '../../../src/client/errors.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { settled } from '../signaling/wire.ts';
import { type FakeNetwork, FakePeers } from './fake-peers.ts';

const SERVERS = [
  { urls: ['stun:turn.test:3478'] },
  {
    urls: [
      'turn:turn.test:3478?transport=udp',
      'turn:turn.test:3478?transport=tcp',
      'turns:turn.test:5349?transport=tcp',
    ],
    username: 'u',
    credential: 'c',
  },
];

const isStun = (urls: readonly string[]) => urls.some((url) => url.startsWith('stun:'));
const FINE: FakeNetwork = {
  gather: (urls) => (isStun(urls) ? ['host', 'srflx'] : ['relay']),
  arrives: () => true,
};

/** A WebSocket that the server accepts, closes with a code, or leaves without an answer. */
function socketThat(does: 'opens' | number | undefined) {
  return class {
    addEventListener(type: string, listener: (event: { code: number }) => void): void {
      if (type === 'open' && does === 'opens') queueMicrotask(() => listener({ code: 0 }));
      if (type === 'close' && typeof does === 'number') queueMicrotask(() => listener({ code: does }));
    }
    close(): void {}
  };
}

function setUp(network: FakeNetwork = FINE, over: Partial<CheckDeps> = {}) {
  const clock = new FakeClock();
  const peers = new FakePeers(network);
  const told: ConnectionCheck[] = [];
  const deps: CheckDeps = {
    clock,
    openPeer: peers.open,
    WebSocket: socketThat(4001),
    askHealth: async () => {},
    askServers: async () => SERVERS,
    ...over,
  };
  /** Runs the checks to their end, however long they take. */
  const run = async (options: ConnectionCheckOptions = {}): Promise<ConnectionReport> => {
    let report: ConnectionReport | undefined;
    const running = runChecks(
      'https://calls.test',
      { onCheck: (check) => told.push(check), ...options },
      deps,
    );
    void running.then((value) => {
      report = value;
    });
    await settled();
    for (let passed = 0; report === undefined && passed < 60_000; passed += 25) {
      clock.advance(25);
      await settled();
    }
    return running;
  };
  return { clock, peers, told, deps, run };
}

const statuses = ({ checks }: ConnectionReport) => checks.map(({ name, status }) => `${name} ${status}`);

describe('checkConnection', () => {
  it('finds all well, and tells of each check as it begins and ends', async () => {
    const { run, told, peers, clock } = setUp();
    const report = await run();
    expect(report.verdict).toBe('good');
    expect(statuses(report)).toEqual([
      'http ok',
      'webSocket ok',
      'stun ok',
      'turnUdp ok',
      'turnTcp ok',
      'turnTls ok',
      'loopback ok',
    ]);
    expect(told.filter(({ name }) => name === 'stun').map(({ status }) => status)).toEqual(['running', 'ok']);
    const loops = told.filter(({ name }) => name === 'loopback');
    // It begins, ten half seconds, the result.
    expect(loops.map(({ status }) => status)).toEqual([...Array(11).fill('running'), 'ok']);
    expect(loops.at(-1)?.loop).toMatchObject({ transport: 'udp', lossPercent: 0, kbitPerSecond: 640 });
    expect([peers.live, clock.pending]).toEqual([0, 0]);
  });

  it('tries each transport on its own, with the relay only', async () => {
    const { run, peers } = setUp();
    await run({ checks: ['stun', 'turnUdp', 'turnTcp', 'turnTls'] });
    expect(
      peers.opened.map(({ configuration: { iceServers = [], iceTransportPolicy } }) => [
        iceTransportPolicy,
        ...iceServers.flatMap(({ urls }) => urls),
      ]),
    ).toEqual([
      ['all', 'stun:turn.test:3478'],
      ['relay', 'turn:turn.test:3478?transport=udp'],
      ['relay', 'turn:turn.test:3478?transport=tcp'],
      ['relay', 'turns:turn.test:5349?transport=tcp'],
    ]);
  });

  it('says that UDP is blocked, in the time that a check has, and loops over TCP', async () => {
    const blocked = (urls: readonly string[]) => isStun(urls) || urls.some((url) => url.endsWith('=udp'));
    const { run, clock } = setUp({ ...FINE, gather: (urls) => (blocked(urls) ? 'silent' : ['relay']) });
    const begun = clock.now();
    const report = await run({ timeoutMs: 4_000, loopbackMs: 1_000 });
    expect(clock.now() - begun).toBeLessThan(7_000);
    expect(report.verdict).toBe('tcp_only');
    expect(report.checks.find(({ name }) => name === 'turnUdp')).toMatchObject({ reason: 'timeout' });
    expect(report.checks.find(({ name }) => name === 'loopback')?.loop).toMatchObject({ transport: 'tcp' });
  });

  it('takes it for an answer of STUN if gathering ends at once without a second address', async () => {
    const { run } = setUp({ gather: () => ['host'] });
    expect(statuses(await run({ checks: ['stun'] }))).toEqual(['stun ok']);
  });

  it.each<[string, readonly ('host' | number)[]]>([
    ['unreachable', ['host', 701]],
    ['unreachable', []],
    ['refused', ['host', 401]],
    ['busy', [486]],
    ['busy', [508]],
  ])('tells why a server gives nothing: %s', async (reason, found) => {
    const { run } = setUp({ gather: () => found });
    const { checks } = await run({ checks: ['stun', 'turnUdp'] });
    expect(checks.map((check) => [check.status, check.reason])).toEqual([
      ['failed', reason],
      ['failed', reason],
    ]);
  });

  it('measures what is lost on the way', async () => {
    const { run } = setUp({ ...FINE, arrives: (count) => count % 10 !== 0 });
    const report = await run();
    expect(report.verdict).toBe('lossy');
    expect(report.checks.at(-1)).toMatchObject({ status: 'poor', loop: { lossPercent: 10 } });
  });

  it('ends a loopback that never connects, or through which nothing comes', async () => {
    const never = await setUp({ ...FINE, arrives: undefined }).run();
    expect([never.verdict, never.checks.at(-1)?.reason]).toEqual(['relay_down', 'timeout']);
    const nothing = await setUp({ ...FINE, arrives: () => false }).run();
    expect([nothing.verdict, nothing.checks.at(-1)?.reason]).toEqual(['relay_down', 'timeout']);
  });

  it('notices a server that is away, slow, or behind a proxy that lets no WebSocket through', async () => {
    const away = () => Promise.reject(new ParleyClientError('network', 'away'));
    const none = await setUp(FINE, { askHealth: away, askServers: away }).run();
    expect(none.verdict).toBe('no_server');
    const silent = await setUp(FINE, { askHealth: () => new Promise(() => {}) }).run({ checks: ['http'] });
    expect(silent.checks[0]).toMatchObject({ status: 'failed', reason: 'timeout' });
    const stripped = await setUp(FINE, { WebSocket: socketThat(1006) }).run();
    expect(stripped.verdict).toBe('no_web_socket');
    const hanging = await setUp(FINE, { WebSocket: socketThat(undefined) }).run({ checks: ['webSocket'] });
    expect(hanging.checks[0]?.reason).toBe('timeout');
    const { clock, run } = setUp(FINE, { WebSocket: socketThat('opens') });
    expect((await run({ checks: ['webSocket'] })).checks[0]?.status).toBe('ok');
    const late = setUp(FINE, {
      askHealth: () => new Promise((done) => void late.clock.after(401, () => done(1))),
    });
    expect((await late.run({ checks: ['http'] })).verdict).toBe('slow');
    expect(clock.pending).toBe(0);
  });

  it('skips what the server doesn’t offer, has no place for, or the browser can’t do', async () => {
    const off = await setUp(FINE, { askServers: async () => [] }).run();
    expect([off.verdict, ...statuses(off).slice(2)]).toEqual([
      'no_relay',
      'stun skipped',
      'turnUdp skipped',
      'turnTcp skipped',
      'turnTls skipped',
      'loopback skipped',
    ]);
    const busy = () => Promise.reject(new ParleyClientError('rate_limited', 'wait', { retryAfterMs: 6_000 }));
    const often = await setUp(FINE, { askServers: busy }).run();
    expect([often.verdict, often.checks[3]?.reason]).toEqual(['unknown', 'busy']);
    const old = await setUp(FINE, { openPeer: undefined, WebSocket: undefined }).run();
    expect([old.verdict, old.checks[3]?.reason]).toEqual(['unknown', 'unsupported']);
    const strict = () => {
      throw new DOMException('no such scheme', 'SyntaxError');
    };
    expect((await setUp(FINE, { openPeer: strict }).run()).checks[3]?.reason).toBe('refused');
  });

  it('gives up when its signal is aborted, and closes what it has opened', async () => {
    const { deps, peers, told } = setUp({ ...FINE, gather: () => 'silent' });
    const stop = new AbortController();
    const options = { signal: stop.signal, onCheck: (check: ConnectionCheck) => told.push(check) };
    const running = runChecks('https://calls.test', options, deps);
    await settled();
    expect(peers.live).toBe(4);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(peers.live).toBe(0);
    const before = told.length;
    await settled();
    expect(told).toHaveLength(before);
  });
});
