import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inText } from '../../../src/http/metrics/exposition.ts';
import { SERIES } from '../../../src/http/metrics/metrics.ts';
import { STATUSES } from '../../../src/http/metrics/web-series.ts';
import { statusOf } from '../../../src/http/server/problems.ts';
import { ERROR_CODES } from '../../../src/protocol/codes.ts';
import { ENDPOINTS } from '../../../src/protocol/endpoints.ts';
import { LIMIT_NAMES } from '../../../src/protocol/limit-names.ts';
import { startHttp } from '../server/harness.ts';

const PAGE = readFileSync(new URL('../../../src/http/metrics/README.md', import.meta.url), 'utf8');

describe('the page about metrics', () => {
  it('has one line for each series, with its name, type, unit and age, and no other', () => {
    const documented = [...PAGE.matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]+) \| ([\d.]+) \| (.+) \|$/gm)];
    expect(documented.map(([, ...cells]) => cells)).toEqual(
      SERIES.map(({ name, type, unit, since, help }) => [name, type, unit, since, help]),
    );
  });

  it('says what each limit is', () => {
    const limits = PAGE.slice(PAGE.indexOf('### Limits'), PAGE.indexOf('### Alerts'));
    expect([...limits.matchAll(/^\| `(\w+)` \| .+ \|$/gm)].map(([, name]) => name)).toEqual([...LIMIT_NAMES]);
  });

  it('names every label, and every value of those that have few', async () => {
    const text = await (await (await startHttp()).get('/metrics')).text();
    const labels = PAGE.slice(PAGE.indexOf('### Labels'), PAGE.indexOf('### Limits'));
    for (const [, series = '', label = '', value = ''] of text.matchAll(/^(\w+)\{(\w+)="([^"]*)"\}/gm)) {
      const line = labels.split('\n').find((row) => row.includes(`\`${series}\``)) ?? '';
      expect([series, line]).toEqual([series, expect.stringContaining(`| \`${label}\` |`)]);
      if (/code|status|limit/.test(label)) continue;
      expect([series, line]).toEqual([series, expect.stringContaining(`\`${value}\``)]);
    }
  });

  it('is of names that Prometheus takes, counters ending in _total', () => {
    expect(new Set(SERIES.map(({ name }) => name)).size).toBe(SERIES.length);
    for (const { name, type, help } of SERIES) {
      expect(name).toMatch(/^(parley|process|nodejs)(_[a-z0-9]+)+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(help).toMatch(/^[A-Z][^\n]*\.$/);
    }
  });
});

describe('/metrics', () => {
  it('has each series from the start, and each value of its labels', async () => {
    const text = await (await (await startHttp()).get('/metrics')).text();
    for (const { name, type } of SERIES) {
      expect(text).toContain(`# TYPE ${name} ${type}\n`);
      expect(text).toMatch(new RegExp(`^${name}(\\{.*\\})? -?[\\d.e+-]+$`, 'm'));
    }
    for (const status of STATUSES)
      expect(text).toContain(`\nparley_http_responses_total{status="${status}"} 0\n`);
    for (const limit of LIMIT_NAMES) expect(text).toContain(`\nparley_throttled_total{limit="${limit}"} 0\n`);
    for (const code of ERROR_CODES)
      expect(text).toContain(`\nparley_messages_refused_total{code="${code}"} `);
  });

  it('has each status that an endpoint or an error is answered with', () => {
    const replies = Object.values(ENDPOINTS).map(({ reply }) => reply.status);
    const errors = ERROR_CODES.map(statusOf);
    const all = new Set<number>([...replies, ...errors]);
    expect([...all].filter((status) => !STATUSES.includes(status))).toEqual([]);
  });

  it('tells how long the certificate and the last backup are good for', async () => {
    const { get, clock } = await startHttp({
      certificate: () => ({ kind: 'acme', names: [], expiresAt: clock.now() + 90_000, lastError: undefined }),
      backup: () => ({ lastAt: clock.now() - 30_000, file: 'x', bytes: 1, nextAt: null, lastError: null }),
    });
    const text = await (await get('/metrics')).text();
    expect(text).toContain('\nparley_certificate_expiry_seconds 90\n');
    expect(text).toContain('\nparley_backup_age_seconds 30\n');
  });

  it('counts the age of a backup from the start while there is none, and has 0 for no certificate', async () => {
    const { get, clock } = await startHttp();
    clock.advance(5_000);
    const text = await (await get('/metrics')).text();
    expect(text).toContain('\nparley_certificate_expiry_seconds 0\n');
    expect(text).toContain('\nparley_backup_age_seconds 5\n');
  });

  it('escapes what would end a label or a line', () => {
    const samples = () => [[1, { label: 'a "b"\\\nc' }] as const];
    const odd = { name: 'odd', type: 'gauge', unit: '', since: '', help: 'A\\B\nC', samples } as const;
    expect(inText([odd], {} as never)).toBe(
      '# HELP odd A\\\\B\\nC\n# TYPE odd gauge\nodd{label="a \\"b\\"\\\\\\nc"} 1\n',
    );
  });
});
