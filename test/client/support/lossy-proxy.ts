import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LossyProxy {
  readonly url: string;
  /** Drops the next `count` answers on this path: the server gets the request, the client gets nothing. */
  lose(path: string, count: number): void;
  close(): Promise<void>;
}

/** A proxy that forwards to `target` and drops answers. */
export async function lossyProxy(target: string): Promise<LossyProxy> {
  const losses = new Map<string, number>();
  const proxy = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    const onward = request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
      const left = losses.get(url) ?? 0;
      losses.set(url, left - 1);
      if (left > 0) {
        answer.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    lose: (path, count) => void losses.set(path, count),
    async close() {
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}
