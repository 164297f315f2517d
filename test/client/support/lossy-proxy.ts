import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LossyProxy {
  readonly url: string;
  /** Drops the next `count` answers on this path: the server gets the request, the client gets nothing. */
  lose(path: string, count: number): void;
  /** Holds the next answer on this path back; resolves, once the server has answered, with what lets it go on. */
  hold(path: string): Promise<() => void>;
  close(): Promise<void>;
}

/** A proxy that forwards to `target`, and drops answers or holds them back. */
export async function lossyProxy(target: string): Promise<LossyProxy> {
  const losses = new Map<string, number>();
  const holders = new Map<string, (release: () => void) => void>();
  const proxy = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    const onward = request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
      const left = losses.get(url) ?? 0;
      losses.set(url, left - 1);
      if (left > 0) {
        answer.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      const forward = () => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      };
      const hold = holders.get(url) ?? ((release) => release());
      holders.delete(url);
      hold(forward);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    lose: (path, count) => void losses.set(path, count),
    hold: (path) => new Promise((resolve) => holders.set(path, resolve)),
    async close() {
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}
