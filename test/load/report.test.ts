import { describe, expect, it } from 'vitest';
import { tooManyPeers } from '../../src/load/descriptors.ts';
import { parseOptions } from '../../src/load/options.ts';
import { createProgress, progressLine } from '../../src/load/progress.ts';
import { seededRandom } from '../../src/load/random.ts';
import { createReport } from '../../src/load/report.ts';
import { reportHtml } from '../../src/load/report-html.ts';
import { reportTable } from '../../src/load/report-table.ts';
import { countError, createRun } from '../../src/load/run.ts';
import { createScript } from '../../src/load/sdp.ts';
import { RequestError } from '../../src/load/server-api.ts';
import { FakeClock } from '../support/fakes/clock.ts';

function setUp(...argv: string[]) {
  const options = parseOptions(['--seed', '7', ...argv]);
  if (options === 'help') throw new TypeError('got help');
  const run = createRun({ wsUrl: options.wsUrl, clock: new FakeClock(), random: seededRandom(7) });
  const outcome = { seconds: 10, utilization: 0.2, interrupted: false };
  return { run, report: () => createReport(options, run, outcome, 0) };
}

describe('the report of a load run', () => {
  it('passes a run in which nothing went wrong', () => {
    const { run, report } = setUp();
    const { accounting, latencies } = run;
    accounting.markAccepted('a', 'b', accounting.addSent('a', 'b', 'offer', 1, 0));
    accounting.addReceived('a', 'b', 'offer', 1);
    for (let ms = 1; ms <= 1_000; ms += 1) latencies.record('offer', ms);
    accounting.close();
    expect(report().failures).toEqual([]);
    expect(report().latencies.offer).toMatchObject({
      count: 1_000,
      p50: 500,
      p90: 900,
      p99: 990,
      max: 1_000,
    });
    expect(reportTable(report())).toContain('PASSED');
  });

  it('shows no percentile above the maximum', () => {
    const { run, report } = setUp();
    for (const ms of [2_063.2, 66.143]) {
      run.latencies.record('offer', ms);
      const { p50 = 0, p999 = 0, max = 0 } = report().latencies.offer ?? {};
      expect(p999).toBe(max);
      expect(p50).toBeLessThanOrEqual(max);
    }
  });

  it('fails a run in which a message was lost', () => {
    const { run, report } = setUp();
    run.accounting.markAccepted('a', 'b', run.accounting.addSent('a', 'b', 'ice', 1, 0));
    run.accounting.close();
    expect(report().failures).toEqual(['1 lost']);
    expect(reportTable(report())).toContain('FAILED: 1 lost');
  });

  it('fails a run if the p99 of a kind of message is above --max-p99', () => {
    const { run, report } = setUp('--max-p99', '5');
    run.latencies.record('join', 100);
    run.latencies.record('offer', 4);
    expect(report().failures).toEqual([]);
    run.latencies.record('answer', 8);
    expect(report().failures).toEqual(['p99 of answer 8 ms, above 5 ms']);
  });

  it('counts errors by code, the most frequent first', () => {
    const { run, report } = setUp();
    for (const code of ['peer_gone', 'rate_limited', 'peer_gone'])
      countError(run, new RequestError(code, ''));
    countError(run, new TypeError('a bug'));
    expect(Object.entries(report().errors)).toEqual([
      ['peer_gone', 2],
      ['rate_limited', 1],
      ['TypeError', 1],
    ]);
  });

  it('is one HTML file with plots, without scripts or external resources, and every element is closed', () => {
    const { run, report } = setUp('--url', 'ws://host/<script>');
    run.latencies.record('offer', 3);
    run.timeline.count('sent');
    const html = reportHtml(report());
    expect(html.match(/<svg/g)).toHaveLength(3);
    expect(html).not.toMatch(/<script|<link|src=|href=|url\(/);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
    expect(unclosed(html)).toEqual([]);
  });

  it('lets content that is wider than a phone scroll by itself', () => {
    const { run, report } = setUp();
    countError(run, new RequestError('peer_gone', ''));
    const html = reportHtml(report());
    const wide = html.match(/<div class="wide" tabindex="0"><(svg|table)/g);
    expect(wide).toHaveLength(html.match(/<(svg|table)\b/g)?.length ?? 0);
  });
});

describe('the progress line', () => {
  it('shows the number of unanswered requests', () => {
    const { run } = setUp();
    run.counts.unanswered = 1_234;
    expect(progressLine(run, 5, 40)).toContain('unanswered 1,234');
  });

  it('is rewritten on a terminal without wrapping, and one line each time elsewhere', () => {
    const written: string[] = [];
    const show = (isTerminal: boolean): void => {
      const progress = createProgress((text) => written.push(text), isTerminal);
      progress.show('a');
      progress.end();
    };
    show(true);
    show(false);
    expect(written).toEqual(['\r\u001b[2K\u001b[?7la\u001b[?7h', '\n', 'a\n']);
  });
});

describe('the load tool on this machine', () => {
  it('says which limit to raise if the peers do not fit', () => {
    expect(tooManyPeers(900, 1_024, 28_232)).toBeUndefined();
    expect(tooManyPeers(2_000, 1_024, 28_232)).toMatch(
      /2000 peers need 2064 file descriptors.*may open 1024.*\n.*ulimit -n 4096/,
    );
    expect(tooManyPeers(30_000, 100_000, 28_232)).toContain('ip_local_port_range');
  });

  it('sends descriptions and candidates as large as those of browsers', () => {
    const script = createScript(seededRandom(1));
    expect(script.offer().length).toBeGreaterThan(2_800);
    expect(script.offer().length).toBeLessThan(4_500);
    expect(script.answer().length).toBeGreaterThan(1_800);
    const all = script.candidates().flat();
    expect(all.at(-1)).toBeNull();
    for (const one of all)
      if (one !== null) expect(one.candidate).toMatch(/^candidate:\d+ 1 (udp|tcp) \d+ \S+ \d+ typ /);
  });
});

/** Elements that are opened but not closed; `dt`, `dd` and void ones need no end. */
function unclosed(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = '', selfClosed] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (selfClosed === '/' || ['meta', 'dt', 'dd'].includes(name)) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}
