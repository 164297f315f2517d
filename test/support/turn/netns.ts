import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A host of its own: a Linux network namespace. */
export interface TestHost {
  readonly address: string;
  /** Program and arguments that run `command` on this host. */
  within(command: string, ...args: readonly string[]): readonly [command: string, args: readonly string[]];
}

/**
 * `strict`: a new port per destination (address- and port-dependent mapping), so that an address found by STUN is of no use.
 * `mild`: one port for all destinations, which STUN finds. Neither lets unsolicited packets in.
 */
export type NatKind = 'strict' | 'mild';

/**
 * Two hosts in private networks, each behind a NAT, and a third one that is public:
 *
 *     one 192.168.1.10 ─ NAT 203.0.113.2 ─┐
 *                                    relay 203.0.113.1, 198.51.100.1
 *     other 192.168.2.10 ─ NAT 198.51.100.2 ─┘
 */
export interface NatNetwork {
  readonly one: TestHost;
  readonly other: TestHost;
  readonly relay: TestHost;
  close(): void;
}

export const [IP, NFT, TC] = ['ip', 'nft', 'tc'].map(
  (program) =>
    ['/usr/sbin', '/sbin', '/usr/bin'].map((place) => `${place}/${program}`).find(existsSync) ?? program,
);

/** Returns undefined, with a warning, if this machine forbids namespaces (no root, or a container without CAP_SYS_ADMIN). */
export function natNetwork(kind: NatKind): NatNetwork | undefined {
  const prefix = `parley${process.pid}`;
  const names: string[] = [];
  const close = () => {
    for (const name of names.splice(0)) ip('netns', 'del', name);
  };
  const add = (role: string) => {
    const name = `${prefix}-${role}`;
    ip('netns', 'add', name);
    names.push(name);
    inside(name, 'link', 'set', 'lo', 'up');
    return name;
  };
  try {
    const relay = add('relay');
    forward(relay);
    const one = behindNat(kind, relay, add('nat1'), add('one'), '192.168.1', '203.0.113');
    const other = behindNat(kind, relay, add('nat2'), add('other'), '192.168.2', '198.51.100');
    return {
      one: hostAt(one, '192.168.1.10'),
      other: hostAt(other, '192.168.2.10'),
      relay: hostAt(relay, '203.0.113.1'),
      close,
    };
  } catch (error) {
    close();
    return notTested(error, 'no NAT stood between the peers');
  }
}

/** A host with a loopback as slow as a modem; undefined as for `natNetwork`. */
export function slowHost(): (TestHost & { close(): void }) | undefined {
  const name = `parley${process.pid}-slow`;
  let made = false;
  const close = () => {
    if (made) ip('netns', 'del', name);
    made = false;
  };
  try {
    ip('netns', 'add', name);
    made = true;
    inside(name, 'link', 'set', 'lo', 'up');
    const slow = ['rate', '256kbit', 'burst', '5kb', 'limit', '64mb'];
    ip('netns', 'exec', name, TC ?? 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'tbf', ...slow);
    return { ...hostAt(name, '127.0.0.1'), close };
  } catch (error) {
    close();
    return notTested(error, 'no link was slow');
  }
}

/** Connects `host` to `internet` through `nat`. The host is at .10, the NAT at .1 and .2. */
function behindNat(
  kind: NatKind,
  internet: string,
  nat: string,
  host: string,
  inner: string,
  outer: string,
): string {
  link(internet, `${outer}.1/30`, nat, 'wan', `${outer}.2/30`, outer);
  link(nat, `${inner}.1/24`, host, 'lan', `${inner}.10/24`, 'lan');
  inside(nat, 'route', 'add', 'default', 'via', `${outer}.1`);
  inside(host, 'route', 'add', 'default', 'via', `${inner}.1`);
  forward(nat);
  const rules = `
    table ip parley {
      chain out { type nat hook postrouting priority 100; oifname "wan" masquerade ${kind === 'strict' ? 'fully-random' : 'persistent'}; }
      chain through { type filter hook forward priority 0; policy drop;
        iifname "lan" accept; ct state established,related accept; }
      chain in { type filter hook input priority 0; iifname "wan" ct state new drop; }
    }`;
  filter(nat, rules);
  return host;
}

/** A cable between two hosts. */
export function link(
  one: string,
  oneNet: string,
  other: string,
  otherEnd: string,
  otherNet: string,
  tag: string,
): void {
  const oneEnd = tag === 'lan' ? 'lan' : `to${tag.replaceAll('.', '')}`;
  ip('link', 'add', oneEnd, 'netns', one, 'type', 'veth', 'peer', 'name', otherEnd, 'netns', other);
  for (const [host, end, net] of [
    [one, oneEnd, oneNet],
    [other, otherEnd, otherNet],
  ] as const) {
    inside(host, 'addr', 'add', net, 'dev', end);
    inside(host, 'link', 'set', end, 'up');
  }
}

export function hostAt(name: string, address: string): TestHost {
  return { address, within: (command, ...args) => [IP ?? 'ip', ['netns', 'exec', name, command, ...args]] };
}

export function forward(name: string): void {
  ip('netns', 'exec', name, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
}

export function inside(name: string, ...args: readonly string[]): void {
  ip('-n', name, ...args);
}

export function ip(...args: readonly string[]): void {
  execFileSync(IP ?? 'ip', args, { stdio: 'pipe' });
}

/** Loads rules of nftables on a host. */
export function filter(name: string, rules: string): void {
  execFileSync(IP ?? 'ip', ['netns', 'exec', name, NFT ?? 'nft', '-f', '-'], { input: rules, stdio: 'pipe' });
}

export function notTested(error: unknown, what: string): undefined {
  if (!notPermitted(error)) throw error;
  console.warn(`\n*** NOT TESTED: network namespaces are not permitted here, so ${what} ***\n`);
}

function notPermitted(error: unknown): boolean {
  return (
    error instanceof Error && /not permitted|permission denied|read-only file system/i.test(error.message)
  );
}

/** A host with a cable but without an address, which `ip` adds as a DHCP client would. */
export interface BareHost extends TestHost {
  /** Runs `ip <words>` on this host; its cable is `eth0`. */
  ip(...words: readonly string[]): void;
  /** Runs `sysctl <name>=<value>` on this host. */
  setting(name: string, value: string): void;
  close(): void;
}

/** Returns undefined as `natNetwork` does. */
export function bareHost(): BareHost | undefined {
  const name = `parley${process.pid}-bare`;
  let made = false;
  const close = () => {
    if (made) ip('netns', 'del', name);
    made = false;
  };
  try {
    ip('netns', 'add', name);
    made = true;
    inside(name, 'link', 'set', 'lo', 'up');
    inside(name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far');
    for (const end of ['eth0', 'far']) inside(name, 'link', 'set', end, 'up');
    return {
      ...hostAt(name, '127.0.0.1'),
      ip: (...words) => inside(name, ...words),
      setting(key, value) {
        const file = `/proc/sys/${key.replaceAll('.', '/')}`;
        ip('netns', 'exec', name, 'sh', '-c', `echo ${value} > ${file}`);
      },
      close,
    };
  } catch (error) {
    close();
    return notTested(error, 'no address came or went');
  }
}
