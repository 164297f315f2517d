import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from '../../src/cli/load.ts';
import type { Report } from '../../src/load/report.ts';
import { freePort } from '../support/server/process.ts';
import { startServer, type TestServer } from '../support/server/server.ts';

const SECRET = 'a secret for tests, of no worth to anybody';
const folder = mkdtempSync(join(tmpdir(), 'parley-load-'));
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ JWT_SECRET: SECRET });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** @param interrupt called with each text that is written to the terminal; `stop` is what Ctrl-C does */
async function run(argv: readonly string[], interrupt: (text: string, stop: () => void) => void = () => {}) {
  const written = { out: '', err: '' };
  let stop = (): void => {};
  const code = await runLoad(argv, {
    out(text) {
      written.out += text;
    },
    err(text) {
      written.err += text;
      interrupt(text, stop);
    },
    isTerminal: false,
    onInterrupt(listener) {
      stop = listener;
      return () => {};
    },
  });
  return { code, ...written };
}

function load(...argv: string[]) {
  return ['--url', server.wsUrl, '--jwt-secret', SECRET, '--seed', '7', ...argv];
}

describe('parley load', () => {
  it('[SE3] accounts for every message while peers call, talk, leave, return and lose their connections', async () => {
    const flags = ['--rooms', '3', '--peers', '4', '--duration', '4', '--rate', '100', '--join-rate', '50'];
    const html = join(folder, 'report.html');
    const { code, out, err } = await run(
      load(...flags, '--churn', '500', '--drop', '500', '--seed', '5', '--json', '--html', html),
    );
    const report: Report = JSON.parse(out);
    expect(report).toMatchObject({ failures: [], seed: 5, interrupted: false, unanswered: 0 });
    expect(code).toBe(0);
    expect(report.joins.ok).toBeGreaterThan(12);
    expect(report.sessions.resumed).toBeGreaterThan(0);
    expect(report.sessions.resumed).toBe(report.sessions.cut);
    // Each of the 3 × 6 pairs has negotiated at least once.
    expect(report.messages.offer.received).toBeGreaterThanOrEqual(18);
    expect(report.messages.speaking.received).toBeGreaterThan(0);
    expect(report.totals.accepted).toBe(report.totals.received + report.totals.unreachable);
    expect(err).toMatch(/\d s {2}inside \d+\/12/);
    expect(readFileSync(html, 'utf8')).toContain('Passed: every message');
  });

  it('signs in as guests if it has no secret', async () => {
    const argv = [
      '--url',
      server.wsUrl,
      '--rooms',
      '2',
      '--peers',
      '2',
      '--duration',
      '1',
      '--peers-per-guest',
      '2',
    ];
    const { code, out, err } = await run(argv);
    expect(err).toContain('signed in 2 of 2 guests');
    expect(out).toContain('joins: 4 succeeded, 0 failed');
    expect(code).toBe(0);
  });

  it('ends with exit code 1 if a p99 is above --max-p99', async () => {
    const flags = ['--rooms', '1', '--peers', '2', '--duration', '1', '--max-p99', '0.001'];
    const { code, out } = await run(load(...flags));
    expect(out).toMatch(/FAILED: p99 of offer \S+ ms, above 0.001 ms/);
    expect(code).toBe(1);
  });

  it('reports what it has so far when it is interrupted', async () => {
    const { code, out } = await run(
      load('--rooms', '1', '--peers', '3', '--duration', '600'),
      (text, stop) => {
        if (text.includes('inside 3/3')) stop();
      },
    );
    expect(out).toContain('interrupted');
    expect(out).toContain('PASSED');
    expect(code).toBe(0);
  });

  it('counts peers that the server refuses, and ends with exit code 1', async () => {
    const strict = await startServer({ JWT_SECRET: SECRET, SESSIONS_PER_USER: '1' });
    try {
      const token = ['--token', await tokenFor(strict)];
      const flags = ['--url', strict.wsUrl, '--rooms', '1', '--peers', '2', '--duration', '1', '--json'];
      const { code, out } = await run([...flags, ...token]);
      const report: Report = JSON.parse(out);
      expect(report.errors).toMatchObject({ too_many_sessions: 1 });
      expect(code).toBe(1);
    } finally {
      await strict.close();
    }
  });

  it('says in one line that no server answers', async () => {
    const url = `ws://127.0.0.1:${await freePort()}`;
    const { code, err } = await run(['--url', url]);
    expect(err).toMatch(/does not answer/);
    expect(err).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it('says what is wrong with the command line, and prints its help', async () => {
    expect(await run(['--rooms', 'many'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--rooms takes'),
    });
    expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--max-p99') });
  });
});

async function tokenFor({ url }: TestServer): Promise<string> {
  const response = await fetch(`${url}/auth/guest`, { method: 'POST', body: '{}', headers: JSON_BODY });
  const { accessToken } = await response.json();
  return String(accessToken);
}

const JSON_BODY = { 'content-type': 'application/json' };
