import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserServer, chromium } from 'playwright-core';
import { EXECUTABLE, FLAGS } from '../../support/browser/browser.ts';
import { freePort, type Running, start } from '../../support/server/process.ts';
import { startFlags } from '../../support/server/start-flags.ts';
import { type StarNetwork, starNetwork, type UplinkHost } from '../../support/turn/star.ts';
import { SECRET } from '../parley.ts';
import { writeCamera } from './camera.ts';
import type { Limit } from './options.ts';

/** A Chromium of its own for each person, so that its CPU time can be told from that of the others. */
export interface Seat {
  readonly browser: Browser;
  /** Its first process. */
  readonly pid: number;
}

export interface Stage {
  readonly seats: readonly Seat[];
  /** Origins of the servers, in the order of the checkouts. */
  readonly urls: readonly string[];
  /** Whether each seat is on a host of its own. */
  readonly canLimit: boolean;
  /** Limits the uplink of every seat. @throws Error if this machine forbids network namespaces */
  limit(to: Limit): void;
  /** May be called more than once. */
  close(): Promise<void>;
}

/** Starts a server of each checkout, and `count` browsers. Without network namespaces all are on this machine's loopback. */
export async function openStage(checkouts: readonly string[], count: number): Promise<Stage> {
  const star = starNetwork(count);
  const folder = mkdtempSync(join(tmpdir(), 'parley-mesh-'));
  const camera = join(folder, 'camera.y4m');
  const servers: Running[] = [];
  const browsers: BrowserServer[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= end();
    return closing;
  };
  const end = async () => {
    await Promise.all(browsers.map((one) => one.kill()));
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
    const seats: Seat[] = [];
    for (let index = 0; index < count; index += 1) {
      const seat = await startBrowser({ folder, index, host: star?.hosts[index], camera, origins: urls });
      browsers.push(seat.server);
      seats.push({ browser: await chromium.connect(seat.server.wsEndpoint()), pid: seat.pid });
    }
    return {
      seats,
      urls,
      canLimit: star !== undefined,
      limit(to) {
        if (star === undefined && to !== undefined)
          throw new Error('Limits take root, for network namespaces.');
        for (const host of star?.hosts ?? []) host.limit(to);
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
  return { running, url: `http://${star?.hub.address ?? '127.0.0.1'}:${port}` };
}

interface Chair {
  readonly folder: string;
  readonly index: number;
  readonly host: UplinkHost | undefined;
  readonly camera: string;
  readonly origins: readonly string[];
}

async function startBrowser({ folder, index, host, camera, origins }: Chair) {
  const program = join(folder, `chromium-${index}`);
  const [command, args] = host?.within(EXECUTABLE) ?? [EXECUTABLE, []];
  writeFileSync(program, `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`, { mode: 0o755 });
  const server = await chromium.launchServer({
    executablePath: program,
    headless: true,
    // The bench ends them itself, and removes the network after that.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      ...FLAGS,
      // Milliseconds: 43. The default of 10 wakes each browser a hundred times a second.
      '--audio-buffer-size=2048',
      `--use-file-for-fake-video-capture=${camera}`,
      `--unsafely-treat-insecure-origin-as-secure=${origins.join(',')}`,
    ],
  });
  const { pid } = server.process();
  if (pid === undefined) throw new Error('Chromium has no process id.');
  return { server, pid };
}
