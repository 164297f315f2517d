import { readFileSync } from 'node:fs';

/** File descriptors besides the peers' sockets: the runtime's own, and those of HTTP requests. */
const SPARE = 64;

/** Number of local ports for connections to one address and port; Infinity if the system doesn't tell. */
export function localPorts(): number {
  try {
    const [first = 0, last = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return last - first + 1;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Says which limit to raise for this many peers; undefined if they fit. */
export function tooManyPeers(peers: number, descriptors: number, ports: number): string | undefined {
  if (peers + SPARE > descriptors) {
    return [
      `${peers} peers need ${peers + SPARE} file descriptors, and this process may open ${descriptors}.`,
      `Raise the limit here and on the server: \`ulimit -n ${roundUp(peers + SPARE)}\` in the shell that starts it`,
      '(above the hard limit: `nofile` in /etc/security/limits.conf, or LimitNOFILE= in a systemd unit),',
      `or simulate at most ${Math.max(0, descriptors - SPARE)} peers.`,
    ].join('\n');
  }
  if (peers > ports) {
    return [
      `${peers} peers need a local port each, but this machine has ${ports} for one server address.`,
      'Raise it with `sysctl net.ipv4.ip_local_port_range="1024 65535"`, or spread the peers over several machines.',
    ].join('\n');
  }
  return undefined;
}

function roundUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
