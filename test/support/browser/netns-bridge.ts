import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestHost } from '../turn/netns.ts';

/** What runs on the host: whoever connects to the socket in the file system is connected to the port of the host's loopback. */
const PROGRAM = `
const net = require('node:net');
const [path, port] = process.argv.slice(1);
net.createServer((near) => {
  const far = net.connect(Number(port), '127.0.0.1');
  for (const end of [near, far]) end.on('error', () => { near.destroy(); far.destroy(); });
  near.pipe(far).pipe(near);
}).listen(path, () => console.log('listening'));
`;

/**
 * Makes a port of a test host's own loopback reachable by a socket in the file system, which hosts share.
 * @returns what ends it
 */
export async function bridgeTo(host: TestHost, port: string, path: string): Promise<() => void> {
  const [command, args] = host.within(process.execPath, '-e', PROGRAM, path, port);
  const bridge = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(bridge, 'close').then(() => {
    throw new Error(`no bridge to port ${port} of ${host.address}`);
  });
  await Promise.race([once(bridge.stdout, 'data'), ended]);
  ended.catch(() => undefined);
  return () => void bridge.kill('SIGKILL');
}
