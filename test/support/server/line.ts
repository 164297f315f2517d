import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP line to a server that a test can cut, as a router does when it restarts. */
export interface Line {
  readonly port: number;
  /** Breaks every connection; new ones are possible at once. */
  cut(): void;
  close(): Promise<void>;
}

/** Forwards TCP connections to a port of this machine. */
export async function lineTo(port: number): Promise<Line> {
  const ends = new Set<Socket>();
  const keep = (end: Socket, other: Socket) => {
    ends.add(end);
    end.on('error', () => {});
    end.on('close', () => {
      ends.delete(end);
      other.destroy();
    });
  };
  const server = createServer((client) => {
    const onward = connect(port, '127.0.0.1');
    keep(client, onward);
    keep(onward, client);
    client.pipe(onward).pipe(client);
  });
  const cut = () => {
    for (const end of ends) end.destroy();
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async close() {
      cut();
      await new Promise((closed) => server.close(closed));
    },
  };
}
