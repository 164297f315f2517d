import { execFileSync } from 'node:child_process';
import { forward, hostAt, IP, inside, ip, notTested, TC, type TestHost } from './netns.ts';

/** A host at the end of a cable whose way up can be made slow. */
export interface UplinkHost extends TestHost {
  /** @param kbit kbit/s that it can send; undefined: as fast as the machine */
  limit(kbit: number | undefined): void;
}

/**
 * Hosts with a cable each to a hub in the middle, which routes between them:
 *
 *     host 10.77.1.10 ─┐
 *     host 10.77.2.10 ─┼─ hub 10.77.0.1
 *     host 10.77.3.10 ─┘
 */
export interface StarNetwork {
  readonly hub: TestHost;
  readonly hosts: readonly UplinkHost[];
  close(): void;
}

const HUB = '10.77.0.1';
/** A short burst, and a queue (ms) such as home routers have. */
const BURST = '5kb';
const QUEUE_MS = 200;

/** Returns undefined, with a warning, if this machine forbids namespaces. */
export function starNetwork(count: number): StarNetwork | undefined {
  const prefix = `parley${process.pid}`;
  const names: string[] = [];
  const add = (role: string) => {
    const name = `${prefix}-${role}`;
    ip('netns', 'add', name);
    names.push(name);
    inside(name, 'link', 'set', 'lo', 'up');
    return name;
  };
  const close = () => {
    for (const name of names.splice(0)) ip('netns', 'del', name);
  };
  try {
    const hub = add('hub');
    inside(hub, 'addr', 'add', `${HUB}/32`, 'dev', 'lo');
    forward(hub);
    const hosts = Array.from({ length: count }, (_, index) =>
      cabled(hub, add(`host${index + 1}`), index + 1),
    );
    return { hub: hostAt(hub, HUB), hosts, close };
  } catch (error) {
    close();
    return notTested(error, 'no uplink was limited');
  }
}

/** Connects a host to the hub. */
function cabled(hub: string, host: string, number: number): UplinkHost {
  const [near, far] = [`10.77.${number}.10`, `10.77.${number}.1`];
  ip('link', 'add', 'eth0', 'netns', host, 'type', 'veth', 'peer', 'name', `port${number}`, 'netns', hub);
  for (const [at, end, address] of [
    [host, 'eth0', near],
    [hub, `port${number}`, far],
  ] as const) {
    inside(at, 'addr', 'add', `${address}/24`, 'dev', end);
    inside(at, 'link', 'set', end, 'up');
  }
  inside(host, 'route', 'add', 'default', 'via', far);
  let limited = false;
  return {
    ...hostAt(host, near),
    limit(kbit) {
      const shape = (...words: readonly string[]) =>
        execFileSync(IP ?? 'ip', ['netns', 'exec', host, TC ?? 'tc', 'qdisc', ...words], { stdio: 'pipe' });
      const tbf = ['tbf', 'rate', `${kbit}kbit`, 'burst', BURST, 'latency', `${QUEUE_MS}ms`];
      if (kbit !== undefined) shape('replace', 'dev', 'eth0', 'root', ...tbf);
      else if (limited) shape('del', 'dev', 'eth0', 'root');
      limited = kbit !== undefined;
    },
  };
}
