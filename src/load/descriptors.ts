import { readFileSync } from 'node:fs';

/** Descriptors beside the peers' sockets: the runtime's own, and HTTP requests at once. */
const SPARE = 64;

/** Local ports for connections to one address and port; Infinity where the system does not tell. */
export function localPorts(): number {
  try {
    const [least = 0, most = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return most - least + 1;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** What to raise before so many peers fit, undefined where they do. */
export function tooManyPeers(peers: number, descriptors: number, ports: number): string | undefined {
  if (peers + SPARE > descriptors) {
    return [
      `${peers} peers need ${peers + SPARE} file descriptors, and this process may open ${descriptors}.`,
      `Raise the limit here and on the server: \`ulimit -n ${roundUp(peers + SPARE)}\` in the shell that starts it`,
      '(beyond the hard limit: `nofile` in /etc/security/limits.conf, or LimitNOFILE= in a systemd unit),',
      `or take at most ${Math.max(0, descriptors - SPARE)} peers.`,
    ].join('\n');
  }
  if (peers > ports) {
    return [
      `${peers} peers need a local port each, and this machine hands out ${ports} to one server address.`,
      'Raise it with `sysctl net.ipv4.ip_local_port_range="1024 65535"`, or split the peers over machines.',
    ].join('\n');
  }
  return undefined;
}

function roundUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
