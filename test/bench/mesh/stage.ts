import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';
import { ENGINE, ENGINE_FLAGS } from '../../support/browser/browser.ts';
import { freePort, type Running, start } from '../../support/server/process.ts';
import { startFlags } from '../../support/server/start-flags.ts';
import type { TestHost } from '../../support/turn/netns.ts';
import { type StarNetwork, starNetwork } from '../../support/turn/star.ts';
import { SECRET } from '../parley.ts';
import { writeCamera } from './camera.ts';
import type { Limit } from './options.ts';

/** The servers' host. Browsers open cameras to pages of such names without TLS. */
const HUB = 'hub.localhost';

/** Where somebody sits in a call. */
export interface Seat {
  readonly browser: Browser;
  /** Its first process. */
  readonly pid: number;
}

export interface Stage {
  /** Origins of the servers, in the order of the checkouts. */
  readonly urls: readonly string[];
  /**
   * Seats for a call. With a limit each is in a browser of its own on a host of its own, which can send so much. Without one
   * all are in one browser: eight of them would take more than two cores for themselves.
   * @throws Error if this machine forbids network namespaces, and there is a limit
   */
  seats(people: number, limit: Limit): Promise<readonly Seat[]>;
  /** May be called more than once. */
  close(): Promise<void>;
}

/** Starts a server of each checkout, for calls of up to `most` people. Browsers are started when they are asked for. */
export async function openStage(checkouts: readonly string[], most: number): Promise<Stage> {
  const star = starNetwork(most);
  const folder = mkdtempSync(join(tmpdir(), 'parley-mesh-'));
  const camera = join(folder, 'camera.y4m');
  const servers: Running[] = [];
  const browsers = new Map<TestHost | undefined, Promise<Started>>();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= end();
    return closing;
  };
  const end = async () => {
    await Promise.allSettled([...browsers.values()].map(async (one) => (await one).server.kill()));
    await Promise.all(servers.map((one) => one.stop()));
    star?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeCamera(camera);
    const urls: string[] = [];
    for (const checkout of checkouts) {
      const server = await startCheckout(checkout, star, folder);
      servers.push(server.running);
      urls.push(server.url);
    }
    const browserOn = (host: TestHost | undefined): Promise<Seat> => {
      const started =
        browsers.get(host) ??
        startBrowser({
          folder,
          name: String(browsers.size),
          host,
          camera,
          address: star?.hub.address ?? '127.0.0.1',
        });
      browsers.set(host, started);
      return started.then(({ seat }) => seat);
    };
    return {
      urls,
      async seats(people, limit) {
        if (limit === undefined) return Array<Seat>(people).fill(await browserOn(star?.hub));
        if (star === undefined) throw new Error('Limits take root, for network namespaces.');
        const hosts = star.hosts.slice(0, people);
        for (const host of hosts) host.limit(limit);
        const seats: Seat[] = [];
        // One by one: starting takes a core.
        for (const host of hosts) seats.push(await browserOn(host));
        return seats;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startCheckout(checkout: string, star: StarNetwork | undefined, folder: string) {
  const port = await freePort();
  const main = [...startFlags(), join(checkout, 'dist/main.js')];
  const [command, args] = star?.hub.within(process.execPath, ...main) ?? [process.execPath, main];
  const running = start(command, args, {
    HOST: star === undefined ? '127.0.0.1' : '0.0.0.0',
    PORT: String(port),
    DATABASE_PATH: join(folder, `parley-${port}.db`),
    JWT_SECRET: SECRET,
    TURN: 'off',
    GUESTS_PER_MINUTE: '1000000',
  });
  try {
    await running.says(/"message":"listening"/, 30_000);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { running, url: `http://${HUB}:${port}` };
}

interface Chair {
  readonly folder: string;
  readonly name: string;
  readonly host: TestHost | undefined;
  readonly camera: string;
  /** The servers' host. */
  readonly address: string;
}

interface Started {
  readonly server: BrowserServer;
  readonly seat: Seat;
}

async function startBrowser({ folder, name, host, camera, address }: Chair): Promise<Started> {
  const program = join(folder, `chromium-${name}`);
  const [command, args] = host?.within(ENGINE) ?? [ENGINE, []];
  writeFileSync(program, `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`, { mode: 0o755 });
  const server = await chromium.launchServer({
    executablePath: program,
    headless: true,
    // The bench ends them itself, and removes the network after that.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      ...ENGINE_FLAGS,
      `--use-file-for-fake-video-capture=${camera}`,
      `--host-resolver-rules=MAP ${HUB} ${address}`,
    ],
  });
  const { pid } = server.process();
  if (pid === undefined) throw new Error('Chromium has no process id.');
  return { server, seat: { browser: await chromium.connect(server.wsEndpoint()), pid } };
}
