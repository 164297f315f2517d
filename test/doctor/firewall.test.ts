import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clinic, openClinic } from '../support/doctor/clinic.ts';
import { runDoctor } from '../support/doctor/run-doctor.ts';
import { type ParleyProcess, startParley } from '../support/server/parley-process.ts';
import { type BareHost, bareHost } from '../support/turn/netns.ts';

let clinic: Clinic;
let host: BareHost | undefined;
let server: ParleyProcess | undefined;
let settings: Record<string, string>;
beforeAll(async () => {
  clinic = await openClinic();
  host = bareHost();
  if (host === undefined) return;
  // A documentation address, which counts as public.
  host.ip('addr', 'add', '203.0.113.10/24', 'dev', 'eth0');
  settings = {
    HOST: '0.0.0.0',
    PORT: '3001',
    DATABASE_PATH: `${clinic.folder}/parley.db`,
    TURN: 'on',
    TURN_CONFIG: clinic.write('turnserver.conf', 'external-ip=203.0.113.10\n'),
    PUBLIC_URL: 'http://203.0.113.10:3001',
  };
  server = await startParley(settings, host.within);
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  host?.close();
  await clinic?.close();
});

/** What the doctor finds behind a firewall with this rule. */
async function behind(rule: string) {
  if (host === undefined) return undefined;
  const table = [
    'table inet parley',
    'delete table inet parley',
    'table inet parley {',
    'chain in {',
    'type filter hook input priority 0',
    rule,
    '}',
    '}',
  ];
  const [command, args] = host.within('/usr/sbin/nft', '-f', '-');
  execFileSync(command, args, { input: table.join('\n') });
  return runDoctor(settings, host.within);
}

// bareHost() reports it if nothing could be tested.
describe('the doctor, behind a firewall', () => {
  it('warns of nothing but HTTP if all is open', async () => {
    const found = await behind('');
    if (found === undefined) return;
    expect(found.troubles).toEqual(['public_url: warn']);
    for (const id of ['turn_udp', 'turn_tcp', 'external_ip', 'here', 'forwarded', 'websocket', 'origin'])
      expect(found.line(id).status).toBe('ok');
    expect(found.code).toBe(1);
  });

  it.each([
    ['turn_udp', 'udp dport 3478 drop', /UDP port 3478.*listening-port/],
    ['turn_tcp', 'tcp dport 3478 drop', /TCP port 3478.*listening-port/],
    ['turn_tcp', 'tcp dport 3478 reject', /TCP port 3478.*listening-port/],
    ['turn_udp', 'udp dport 3478 reject', /UDP port 3478.*listening-port/],
  ] as const)('names the port that is closed: %s by %s', async (id, rule, todo) => {
    const found = await behind(rule);
    if (found === undefined) return;
    expect(found.troubles).toEqual(['public_url: warn', `${id}: fail`]);
    expect(found.line(id).todo).toMatch(todo);
  });

  it('names the port of PUBLIC_URL if it is closed, within its time', async () => {
    const found = await behind('tcp dport 3001 ip daddr 203.0.113.10 drop');
    if (found === undefined) return;
    expect(found.troubles).toEqual(['public_url: fail']);
    expect(found.line('public_url').todo).toMatch(/Open port 3001.*PUBLIC_URL/);
  });
});
