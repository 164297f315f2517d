import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export interface Frame {
  readonly event: string;
  readonly payload?: unknown;
}

/** What happens to frames on their way. */
export interface Changes {
  readonly toServer?: (frame: Frame) => Frame;
  readonly toClient?: (frame: Frame) => Frame;
}

export interface WireProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** A proxy before a server, HTTP and WebSocket, that changes frames. */
export async function wireProxy(target: string, changes: Changes): Promise<WireProxy> {
  const proxy = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    const onward = request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  const sockets = new WebSocketServer({ server: proxy, handleProtocols: ([first]) => first ?? false });
  sockets.on('connection', (client, { url = '/', headers }) => {
    const protocols = headers['sec-websocket-protocol']?.split(/, */) ?? [];
    const server = new WebSocket(`${target.replace(/^http/, 'ws')}${url}`, protocols);
    const waiting: string[] = [];
    client.on('message', (data) => {
      const text = changed(String(data), changes.toServer);
      if (server.readyState === WebSocket.OPEN) server.send(text);
      else waiting.push(text);
    });
    server.on('open', () => {
      for (const text of waiting) server.send(text);
    });
    server.on('message', (data) => client.send(changed(String(data), changes.toClient)));
    server.on('close', (code, reason) => (code >= 3_000 ? client.close(code, reason) : client.terminate()));
    client.on('close', () => server.terminate());
    server.on('error', () => client.terminate());
    client.on('error', () => server.terminate());
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}

function changed(text: string, change: (frame: Frame) => Frame = (frame) => frame): string {
  return JSON.stringify(change(JSON.parse(text)));
}
