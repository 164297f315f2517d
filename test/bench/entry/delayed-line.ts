import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface DelayedLine {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Forwards TCP connections to a port of this machine as over a line with this round trip. A new connection takes one for itself.
 * @param roundTripMs milliseconds
 */
export async function delayedLine(port: number, roundTripMs: number): Promise<DelayedLine> {
  const ends = new Set<Socket>();
  const carry = (from: Socket, to: Socket, since: number) => {
    let arrived = since;
    const later = (run: () => void) => {
      arrived = Math.max(arrived, performance.now() + roundTripMs / 2);
      setTimeout(run, arrived - performance.now());
    };
    ends.add(from);
    from.setNoDelay();
    from.on('data', (chunk) => later(() => to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => {});
    from.on('close', () => {
      ends.delete(from);
      later(() => to.destroy());
    });
  };
  const server = createServer((client) => {
    const onward = connect(port, '127.0.0.1');
    carry(client, onward, performance.now() + 1.5 * roundTripMs);
    carry(onward, client, 0);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const end of ends) end.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
