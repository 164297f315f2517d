import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchBrowser } from '../../support/browser/browser.ts';
import type { Joining } from './in-page.ts';
import { SdkPage } from './sdk-page.ts';
import { type StandIn, standIn } from './stand-in.ts';

/** Milliseconds within which something must have happened; the machine may be busy. */
export const DEADLINE_MS = 20_000;

/** A real browser, and for each test a new stand-in server. */
export interface Meeting {
  readonly server: StandIn;
  readonly roomId: string;
  /** Opens a page that has loaded the SDK. */
  open(name: string): Promise<SdkPage>;
  /** Opens a page and joins the room. */
  arrive(name: string, joining?: Joining): Promise<SdkPage>;
  /** The offers that the server has got so far, from one person or from all. */
  offers(from?: string): { from: string; payload: Record<string, unknown> }[];
}

/** Call it once, at the top of a test file. */
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
