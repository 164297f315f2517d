import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { IceServersReply } from '../../src/protocol/bodies.ts';
import { api, signIn } from '../support/server/api.ts';
import { temporaryDatabase } from '../support/server/database.ts';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { freePort } from '../support/server/process.ts';
import { TurnClient } from '../support/turn/turn-client.ts';

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** The built server as `npm start` runs it, on free ports, with the relay on every address of this machine. */
async function start(conf: readonly string[] = []): Promise<ParleyProcess> {
  const port = await freePort('0.0.0.0');
  const file = join(dirname(dirname(temporaryDatabase())), `turnserver-${port}.conf`);
  writeFileSync(file, [`listening-port=${port}`, ...conf].join('\n'));
  open.push(() => rmSync(file));
  const parley = await startParley({
    PORT: String(await freePort()),
    DATABASE_PATH: temporaryDatabase(),
    TURN: 'on',
    TURN_CONFIG: file,
    // Guests get relay credentials outside a room then [CA6].
    DIRECT_CALLS: 'on',
  });
  open.push(() => parley.stop('SIGKILL'));
  return parley;
}

/** Connects with the first TURN URL and the credentials that this server gives a guest. */
async function clientOf({ url }: ParleyProcess): Promise<TurnClient> {
  const { accessToken: token } = await signIn(url);
  const { iceServers } = await api(url, '/ice-servers', { reply: IceServersReply, token });
  const { urls = [], username = '', credential = '' } = iceServers.find((one) => one.username) ?? {};
  const [, host = '', port] = /^turn:(.+):(\d+)\?transport=udp$/.exec([urls].flat()[0] ?? '') ?? [];
  const client = await TurnClient.connect({
    host,
    port: Number(port),
    credentials: { username, credential },
  });
  open.push(() => client.close());
  return client;
}

async function metrics({ url }: ParleyProcess): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** Nice value of each thread of a process: in /proc/<pid>/task/<tid>/stat, the 17th field after the name in parentheses. */
function niceness(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => {
    const [, fields = ''] = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8').split(/\) (?!.*\) )/);
    return Number(fields.split(' ')[16]);
  });
}

describe('the built server', () => {
  it('gives signaling priority over its relay when a core is too busy for both', async () => {
    const { pid } = await start();
    const threads = niceness(pid);
    expect(threads[0]).toBe(0);
    expect(threads.filter((nice) => nice === 5)).toHaveLength(1);
  });

  it('starts its relay, relays, and shows its stats in /metrics and, on SIGUSR2, in its log', {
    timeout: 40_000,
  }, async () => {
    const parley = await start();
    expect(parley.output()).toContain('"message":"relay listens"');
    const [ann, bob] = [await clientOf(parley), await clientOf(parley)];
    const [annAt, bobAt] = [await ann.allocate(), await bob.allocate()];
    await ann.bind(0x4000, bobAt);
    await bob.permit(annAt);
    ann.sendChannel(0x4000, Buffer.from('hello'));
    expect(await bob.next()).toEqual({ from: annAt, data: Buffer.from('hello') });
    await expect(ann.permit({ address: '127.0.0.1', port: 22 })).rejects.toMatchObject({ code: 403 });
    ann.sendTo({ address: '8.8.8.8', port: 53 }, Buffer.from('no permission'));
    ann.write(Buffer.from('40000fff', 'hex'));

    const shown = [
      'parley_turn_allocations 2',
      'parley_turn_allocations_total 2',
      'parley_turn_packets_total{direction="up"} 1',
      'parley_turn_packets_total{direction="down"} 1',
      'parley_turn_bytes_total{direction="up"} 5',
      'parley_turn_bytes_total{direction="down"} 5',
      'parley_turn_packets_inside_total 1',
      'parley_turn_unauthorized_total 2',
      'parley_turn_denials_total{reason="peer"} 1',
      'parley_turn_denials_total{reason="permission"} 1',
      'parley_turn_denials_total{reason="malformed"} 1',
      'parley_turn_denials_total{reason="user_quota"} 0',
    ];
    // The relay's thread reports its stats once a second.
    await expect
      .poll(async () => (await metrics(parley)).split('\n'), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(shown));

    process.kill(parley.pid, 'SIGUSR2');
    await parley.says(/"message":"stats".*\n/);
    const line = parley
      .output()
      .split('\n')
      .find((one) => one.includes('"message":"stats"'));
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'info',
      hub: { live: 0 },
      gateway: { connections: 0 },
      turn: {
        allocations: 2,
        packetsUp: 1,
        bytesDown: 5,
        unauthorized: 2,
        denials: { peer: 1, permission: 1 },
      },
    });
    // The server still runs, and the relay with it.
    expect(await ann.refresh()).toBe(600);
  });
});
