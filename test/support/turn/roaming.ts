import { filter, forward, hostAt, inside, ip, link, notTested, type TestHost } from './netns.ts';

/** The two ways of a host that changes its network. */
export type Uplink = 'wifi' | 'mobile';

/** A host that is in one network at a time. */
export interface RoamingHost extends TestHost {
  /** Leaves the network it is in, as a phone out of reach. */
  leave(): void;
  /** Enters a network. */
  enter(uplink: Uplink): void;
  /** Gets another address in the network it is in, as by a new lease; the old one is gone. */
  renumber(): void;
}

/**
 * A host with two networks and one that stays, all routed to a server:
 *
 *     roamer 192.168.1.10 (wifi) or 10.64.0.10 (mobile) ─┐
 *                                                  server 203.0.113.1
 *     other 192.168.2.10 ────────────────────────────────┘
 */
export interface RoamingNetwork {
  readonly roamer: RoamingHost;
  readonly other: RoamingHost;
  readonly server: TestHost;
  /** Drops all UDP between the hosts, and to the server, until `passUdp`. */
  dropUdp(): void;
  passUdp(): void;
  close(): void;
}

const NETS: Readonly<Record<Uplink, { readonly roamer: string; readonly other: string }>> = {
  wifi: { roamer: '192.168.1', other: '192.168.2' },
  mobile: { roamer: '10.64.0', other: '10.65.0' },
};

/** Returns undefined, with a warning, as `natNetwork` does. */
export function roamingNetwork(): RoamingNetwork | undefined {
  const prefix = `parley${process.pid}r`;
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
    const server = add('server');
    forward(server);
    inside(server, 'addr', 'add', '203.0.113.1/32', 'dev', 'lo');
    const [roamer, other] = (['roamer', 'other'] as const).map((role) =>
      roamingHost(server, add(role), role),
    );
    if (roamer === undefined || other === undefined) throw new Error('both hosts are made');
    return {
      roamer,
      other,
      server: hostAt(server, '203.0.113.1'),
      dropUdp: () =>
        filter(
          server,
          `table ip parley {
            chain through { type filter hook forward priority 0; meta l4proto udp drop; }
            chain in { type filter hook input priority 0; meta l4proto udp drop; }
          }`,
        ),
      passUdp: () => filter(server, 'delete table ip parley'),
      close,
    };
  } catch (error) {
    close();
    return notTested(error, 'no network changed');
  }
}

function roamingHost(server: string, name: string, role: 'roamer' | 'other'): RoamingHost {
  let now: Uplink = 'wifi';
  let host = 10;
  for (const uplink of ['wifi', 'mobile'] as const) {
    const net = NETS[uplink][role];
    link(server, `${net}.1/24`, name, uplink, `${net}.10/24`, net);
    inside(name, 'link', 'set', uplink, 'down');
  }
  const enter = (uplink: Uplink): void => {
    now = uplink;
    inside(name, 'link', 'set', uplink, 'up');
    inside(name, 'route', 'replace', 'default', 'via', `${NETS[uplink][role]}.1`);
  };
  enter('wifi');
  return {
    ...hostAt(name, `${NETS.wifi[role]}.10`),
    leave: () => inside(name, 'link', 'set', now, 'down'),
    enter,
    renumber() {
      const net = NETS[now][role];
      inside(name, 'addr', 'del', `${net}.${host}/24`, 'dev', now);
      host += 1;
      inside(name, 'addr', 'add', `${net}.${host}/24`, 'dev', now);
      enter(now);
    },
  };
}
