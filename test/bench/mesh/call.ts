import type { BrowserContext, Page } from 'playwright-core';
import * as v from 'valibot';
import { sessionToken } from '../parley.ts';
import { cpuSeconds } from './cpu.ts';
import {
  type Counters,
  installProbe,
  type ProbeWindow,
  type TileReading,
  withoutMicrophone,
  withPlainMicrophone,
} from './probe.ts';
import type { Seat } from './stage.ts';

/** Milliseconds until all see all. A slow uplink may never get there, which the figures show. */
const ENTERING_MS = 120_000;
const SEEING_MS = 45_000;

export interface CallPlan {
  readonly url: string;
  readonly seats: readonly Seat[];
  readonly window: { readonly width: number; readonly height: number };
  readonly microphones: boolean;
  readonly settle: number;
  readonly seconds: number;
}

/** What one person's page did while it was measured. */
export interface SeatReading {
  /** Cores of its browser, shared out among those who sit in it. */
  readonly cpu: number;
  readonly counted: Counters;
  readonly tiles: readonly TileReading[];
}

const Created = v.object({ room: v.object({ id: v.string() }) });

/** Lets everybody join by link, waits until all see all, and measures. */
export async function playCall(plan: CallPlan): Promise<SeatReading[]> {
  const contexts: BrowserContext[] = [];
  try {
    const pages: Page[] = [];
    for (const { browser } of plan.seats) {
      const context = await browser.newContext({
        viewport: plan.window,
        locale: 'en-US',
        permissions: ['camera', 'microphone'],
      });
      contexts.push(context);
      pages.push(await newPage(context, plan.microphones));
    }
    const link = await createRoom(pages[0], plan.url);
    // One by one: eight lobbies at once would take minutes.
    for (const [index, page] of pages.entries()) await join(page, link, `Person ${index + 1}`);
    await Promise.all(pages.map((page) => seesAll(page, pages.length - 1)));
    await seconds(plan.settle);
    return await measure(plan, pages);
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
}

async function newPage(context: BrowserContext, microphones: boolean): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(ENTERING_MS);
  // A helper that the TypeScript loader writes into functions, also into those that run in the page.
  await page.addInitScript('globalThis.__name = (value) => value;');
  await page.addInitScript(installProbe);
  await page.addInitScript(microphones ? withPlainMicrophone : withoutMicrophone);
  return page;
}

/** Asks for a room from within the page, because only it is on the server's network. */
async function createRoom(page: Page | undefined, url: string): Promise<string> {
  await page?.goto(url);
  const reply: unknown = await page?.evaluate(async (token) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch('/rooms', { method: 'POST', headers, body: '{"max":8}' });
    return response.json();
  }, sessionToken(0));
  return `${url}/connect/${v.parse(Created, reply).room.id}`;
}

async function join(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  // What it says depends on the devices.
  await page.locator('form.enter button[type=submit]').click();
  await page.getByRole('button', { name: 'Leave the call' }).waitFor();
}

async function seesAll(page: Page, others: number): Promise<void> {
  const seen = page.waitForFunction(
    (count) => ((window as ProbeWindow).meshProbe?.seen() ?? 0) >= count,
    others,
    { timeout: SEEING_MS, polling: 250 },
  );
  await seen.catch(() => undefined);
}

async function measure(plan: CallPlan, pages: readonly Page[]): Promise<SeatReading[]> {
  const pids = plan.seats.map(({ pid }) => pid);
  const before = await Promise.all(pages.map(begin));
  const [began, usedBefore] = [performance.now(), cpuSeconds(pids)];
  await seconds(plan.seconds);
  const [lasted, used] = [(performance.now() - began) / 1_000, cpuSeconds(pids)];
  const after = await Promise.all(pages.map(end));
  const sitters = (pid: number | undefined) => pids.filter((one) => one === pid).length;
  return after.map(({ counters, tiles }, index) => ({
    cpu: ((used[index] ?? Number.NaN) - (usedBefore[index] ?? Number.NaN)) / lasted / sitters(pids[index]),
    counted: difference(counters, before[index] ?? counters),
    tiles,
  }));
}

function begin(page: Page): Promise<Counters> {
  return page.evaluate(() => {
    const probe = (window as ProbeWindow).meshProbe;
    if (probe === undefined) throw new Error('the page has no probe');
    probe.reset();
    return probe.counters();
  });
}

function end(page: Page): Promise<{ counters: Counters; tiles: TileReading[] }> {
  return page.evaluate(async () => {
    const probe = (window as ProbeWindow).meshProbe;
    if (probe === undefined) throw new Error('the page has no probe');
    const tiles = probe.tiles();
    return { counters: await probe.counters(), tiles };
  });
}

function difference(after: Counters, before: Counters): Counters {
  const names = Object.keys(after) as (keyof Counters)[];
  const entries = names.map((name) => [name, after[name] - before[name]] as const);
  return { ...after, ...Object.fromEntries(entries) };
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}
