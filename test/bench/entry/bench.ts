import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { messageOf } from '../../../src/domain/errors.ts';
import { launchBrowser } from '../../support/browser/browser.ts';
import { freePort, start } from '../../support/server/process.ts';
import { startFlags } from '../../support/server/start-flags.ts';
import { SECRET } from '../parley.ts';
import { median, slope } from '../stats.ts';
import { markdown } from '../table.ts';
import { writeTable } from '../write.ts';
import { delayedLine } from './delayed-line.ts';
import { bareCall, type EntryTimes, entryTimes, installEntryProbe } from './probe.ts';

const MAIN = resolve(import.meta.dirname, '../../../dist/main.js');
/** Milliseconds between the newcomer and the server, there and back. */
const ROUND_TRIPS = [0, 100, 200];
const HELP = `\
npm run bench:entry -- [--runs N] [--write]

How soon a newcomer sees and hears the other, from the click in the lobby, over lines to the server with round trips of
${ROUND_TRIPS.join(', ')} ms. Media goes directly. Build first; it takes about a minute.

  --runs N    entries per line; the table shows medians (default 5)
  --write     put the table into test/bench/README.md
`;

interface Entry extends EntryTimes {
  readonly roundTripMs: number;
}

async function bench(runs: number, write: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-entry-'));
  const port = await freePort();
  const server = start(process.execPath, [...startFlags(), MAIN], {
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_PATH: join(folder, 'parley.db'),
    JWT_SECRET: SECRET,
    TURN: 'off',
    GUESTS_PER_MINUTE: '1000000',
  });
  const browser = await launchBrowser(['--use-fake-device-for-media-stream=fps=20']);
  try {
    await server.says(/"message":"listening"/, 30_000);
    const { entries, floors } = await play(browser, port, runs);
    const outcome = tableOf(entries, floors, runs);
    console.log(markdown(outcome));
    if (write) writeTable('entry', outcome);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Goes through all lines in each run, so that changes on the machine affect all. */
async function play(browser: Browser, port: number, runs: number) {
  const host = await open(browser);
  await host.goto(`http://127.0.0.1:${port}/`);
  await host.getByRole('button', { name: 'Start a call' }).click();
  await host.waitForURL('**/connect/*');
  const path = new URL(host.url()).pathname;
  await enter(host, 'Ann');
  const entries: Entry[] = [];
  const floors: EntryTimes[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const roundTripMs of ROUND_TRIPS) {
      const line = await delayedLine(port, roundTripMs);
      const page = await open(browser);
      try {
        await page.goto(`http://127.0.0.1:${line.port}${path}`);
        const times = await enter(page, 'Ben');
        entries.push({ ...times, roundTripMs });
        console.error(
          `run ${run + 1} of ${runs}, ${roundTripMs} ms: sound after ${times.sound.toFixed(0)} ms, picture ${times.picture.toFixed(0)}`,
        );
        await page.getByRole('button', { name: 'Leave the call' }).click();
        await host.locator('li.tile[data-self=false]').waitFor({ state: 'detached' });
      } finally {
        await page.context().close();
        await line.close();
      }
    }
    const page = await open(browser);
    await page.goto(`http://127.0.0.1:${port}/`);
    floors.push(await page.evaluate(bareCall));
    await page.context().close();
  }
  return { entries, floors };
}

async function open(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  // A helper that the TypeScript loader writes into functions, also into those that run in the page.
  await page.addInitScript('globalThis.__name = (value) => value;');
  await page.addInitScript(installEntryProbe);
  return page;
}

/** Waits in the lobby until the camera is open, as people do, and joins. The first in a room is there alone. */
async function enter(page: Page, name: string): Promise<EntryTimes> {
  await page.getByLabel('Your name').fill(name);
  await page.locator('.preview video').waitFor();
  await page.locator('form.enter button[type=submit]').click();
  await page.getByRole('button', { name: 'Leave the call' }).waitFor();
  if (name === 'Ann') return { picture: Number.NaN, sound: Number.NaN };
  await page.waitForFunction(entryTimes, undefined, { polling: 50 });
  const times = await page.evaluate(entryTimes);
  if (times === undefined) throw new Error('the page has forgotten its times');
  return times;
}

function tableOf(entries: readonly Entry[], floors: readonly EntryTimes[], runs: number) {
  const row = (name: string, times: readonly EntryTimes[]) => [
    name,
    Math.round(median(times.map(({ sound }) => sound))),
    Math.round(median(times.map(({ picture }) => picture))),
  ];
  const trips = (kind: keyof EntryTimes) =>
    slope(
      ROUND_TRIPS.map((ms) => [
        ms,
        median(entries.filter((one) => one.roundTripMs === ms).map((one) => one[kind])),
      ]),
    );
  return {
    title: 'from the click in the lobby to the other person, two in a call, ms',
    head: ['round trip to the server', 'sound', 'picture'],
    rows: [
      row('floor: two connections in one page', floors),
      ...ROUND_TRIPS.map((ms) =>
        row(
          `${ms} ms`,
          entries.filter((one) => one.roundTripMs === ms),
        ),
      ),
    ],
    notes: [
      `medians of ${runs}; sound: the first packet, picture: the first one shown`,
      `round trips to the server until then, by the slope: ${trips('sound').toFixed(1)} for sound, ${trips('picture').toFixed(1)} for the picture`,
    ],
    figures: {},
  };
}

try {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '5' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const runs = Number(values.runs);
  if (values.help) console.log(HELP);
  else if (!Number.isInteger(runs) || runs < 1 || runs > 100)
    throw new Error(`--runs takes whole numbers from 1 to 100; got "${values.runs}".`);
  else await bench(runs, values.write);
} catch (thrown) {
  console.error(messageOf(thrown));
  process.exitCode = 1;
}
