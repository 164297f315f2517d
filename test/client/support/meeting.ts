import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchBrowser } from '../../support/browser/browser.ts';
import type { Joining } from './in-page.ts';
import { SdkPage } from './sdk-page.ts';
import { type StandIn, standIn } from './stand-in.ts';

/** Milliseconds for what the server tells to arrive, on a machine that is busy. */
export const DEADLINE_MS = 20_000;

/** Real browsers and a stand-in server, anew for each test of a file. */
export interface Meeting {
  readonly server: StandIn;
  readonly roomId: string;
  open(name: string): Promise<SdkPage>;
  arrive(name: string, joining?: Joining): Promise<SdkPage>;
  /** Offers that have come so far, from one or from all. */
  offers(from?: string): { from: string; payload: Record<string, unknown> }[];
}

/** To be called once, at the top of a test file. */
export function meetings(): Meeting {
  let browser: Browser;
  let server: StandIn;
  let people: SdkPage[] = [];
  let roomId = '';

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await standIn();
    people = [];
    roomId = randomUUID();
  });
  afterEach(async () => {
    await Promise.all(people.map((person) => person.go()));
    await server.close();
  });

  async function open(name: string): Promise<SdkPage> {
    const person = await SdkPage.open(browser, server.url, name);
    people.push(person);
    return person;
  }

  return {
    get server() {
      return server;
    },
    get roomId() {
      return roomId;
    },
    open,
    async arrive(name, joining) {
      const person = await open(name);
      await person.join(roomId, joining);
      return person;
    },
    offers: (wanted) =>
      server.came.filter(
        ({ event, from }) => event === 'call:offer' && (wanted === undefined || from === wanted),
      ),
  };
}
