import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { temporaryFolder } from '../server/database.ts';
import { freePort, type Running, start } from '../server/process.ts';
import { makeCa, type TestCa } from './ca.ts';
import { trustingFetch } from './trusting-fetch.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A directory of certificates: Debian's pebble, for which every name leads to this machine. */
export interface Pebble {
  readonly directory: string;
  /** Where it looks for challenges. */
  readonly httpPort: number;
  /** The CA of its own HTTPS, and a file with it. */
  readonly ca: TestCa;
  readonly caFile: string;
  /** As Node's, but trusts that CA. */
  readonly fetch: typeof fetch;
  /** The root of what it signs, in PEM: another one after each start. */
  root(): Promise<string>;
  stop(): Promise<void>;
  /** Starts it again, without what it knew. */
  restart(): Promise<void>;
}

interface PebbleOptions {
  /** Seconds for which its certificates are valid. */
  readonly validSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startPebble({
  validSeconds = 45,
  environment = {},
}: PebbleOptions = {}): Promise<Pebble> {
  const folder = temporaryFolder();
  const ca = makeCa();
  const own = ca.issue(['localhost']);
  const [cert, key, caFile, config] = ['cert.pem', 'key.pem', 'ca.pem', 'pebble.json'].map((name) =>
    join(folder, name),
  );
  if (cert === undefined || key === undefined || caFile === undefined || config === undefined)
    throw new Error('unreachable');
  writeFileSync(cert, own.cert);
  writeFileSync(key, own.key);
  writeFileSync(caFile, ca.cert);
  const [port, managementPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const settings = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: cert,
    privateKey: key,
    httpPort,
    tlsPort: await freePort(),
    certificateValidityPeriod: validSeconds,
  };
  writeFileSync(config, JSON.stringify({ pebble: settings }));
  const dns = await startDns();
  let running: Running | undefined;
  const run = async (): Promise<void> => {
    running = start('pebble', ['-config', config, '-dnsserver', dns], {
      PEBBLE_VA_NOSLEEP: '1',
      ...environment,
    });
    await running.says(/ACME directory available/);
  };
  const stop = async (): Promise<void> => {
    await running?.stop();
  };
  cleanups.push(stop);
  await run();
  const trusting = trustingFetch(ca.cert);
  return {
    directory: `https://localhost:${port}/dir`,
    httpPort,
    ca,
    caFile,
    fetch: trusting,
    root: async () => (await trusting(`https://localhost:${managementPort}/roots/0`)).text(),
    stop,
    async restart() {
      await stop();
      await run();
    },
  };
}

/** Answers every look-up of an IPv4 address with 127.0.0.1, and all others with nothing. Returns its own address. */
async function startDns(): Promise<string> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => socket.send(answerTo(query), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  cleanups.push(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

/** RFC 1035, 4.1. */
function answerTo(query: Buffer): Buffer {
  const nameEnd = query.indexOf(0, 12) + 1;
  const question = query.subarray(12, nameEnd + 4);
  const isAddress = query.readUInt16BE(nameEnd) === 1;
  const header = Buffer.from([0, 0, 0x81, 0x80, 0, 1, 0, isAddress ? 1 : 0, 0, 0, 0, 0]);
  query.copy(header, 0, 0, 2);
  const address = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([header, question, ...(isAddress ? [address] : [])]);
}
