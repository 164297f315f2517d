import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket as Client } from 'ws';
import { CLOSE } from '../../src/protocol/codes.ts';
import { loadUws } from '../../src/uws/load.ts';
import type { TemplatedApp, WebSocket } from '../../src/uws/types.ts';
import { Connection, type UserData } from '../../src/ws/connection.ts';

const NOTHING = { token: undefined, resume: undefined, roomId: undefined };

let app: TemplatedApp | undefined;
afterEach(() => {
  app?.close();
});

/** One client's end on a bare uWS app. `onClose` runs inside uWS's close handler. */
async function oneSocket(onClose: (connection: Connection, ws: WebSocket<UserData>) => void = () => {}) {
  const uws = loadUws();
  const bare = uws.App();
  app = bare;
  const opened = new Promise<{ connection: Connection; ws: WebSocket<UserData> }>((resolve) => {
    bare.ws<UserData>('/*', {
      upgrade(res, req, context) {
        const data = {
          connection: new Connection(NOTHING, '198.51.100.7', (...parts) => parts.join(' for ')),
        };
        res.upgrade<UserData>(data, req.getHeader('sec-websocket-key'), '', '', context);
      },
      open(ws) {
        const { connection } = ws;
        connection.opened(ws);
        resolve({ connection, ws });
      },
      close(ws) {
        const { connection } = ws;
        connection.closed();
        onClose(connection, ws);
      },
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    bare.listen('127.0.0.1', 0, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket === false) reject(new Error('no port could be had'));
      else resolve(uws.us_socket_local_port(socket));
    });
  });
  const client = new Client(`ws://127.0.0.1:${port}`);
  const closed = new Promise<number>((resolve) => client.once('close', resolve));
  await new Promise((resolve) => client.once('open', resolve));
  return { client, closed, ...(await opened) };
}

function useAll(connection: Connection): unknown[] {
  let corked = false;
  connection.cork(() => {
    corked = true;
  });
  connection.ping();
  connection.close(CLOSE.normal);
  connection.drop();
  return [connection.isOpen, connection.address, connection.send('late'), connection.buffered(), corked];
}

/** On a closed socket, uWS throws; a Connection must do nothing. */
const INERT = [false, '', 'dropped', 0, true];

describe('a Connection', () => {
  it('does nothing once it has closed, inside the close handler and after it, although uWS throws', async () => {
    let results: unknown[] = [];
    let raw: unknown;
    const { client, closed } = await oneSocket((connection, ws) => {
      try {
        ws.send('late');
      } catch (thrown) {
        raw = thrown;
      }
      results = useAll(connection);
    });
    client.close(1000);
    await closed;
    expect(raw).toBeInstanceOf(Error);
    expect(results).toEqual(INERT);
  });

  it('does nothing once the server has closed it, even while the close handler runs', async () => {
    let handlerRan = false;
    const { connection, ws, closed } = await oneSocket(() => {
      handlerRan = true;
    });
    connection.close(CLOSE.kicked);
    expect(handlerRan).toBe(true);
    expect(() => ws.send('late')).toThrow();
    expect(useAll(connection)).toEqual(INERT);
    expect(await closed).toBe(CLOSE.kicked);
  });

  it('closes with 1006 for a client that is dropped', async () => {
    const { connection, closed } = await oneSocket();
    connection.drop();
    expect(useAll(connection)).toEqual(INERT);
    expect(await closed).toBe(1006);
  });

  it('resolves its address from the direct peer and X-Forwarded-For', async () => {
    const { connection } = await oneSocket();
    expect(connection.address).toBe('127.0.0.1 for 198.51.100.7');
  });

  it('says whether a frame was sent or waits to be read', async () => {
    const { client, connection } = await oneSocket();
    expect(connection.send('now')).toBe('sent');
    client.pause();
    let outcome = connection.send('x'.repeat(60_000));
    for (let more = 0; more < 200 && outcome === 'sent'; more += 1) {
      outcome = connection.send('x'.repeat(60_000));
    }
    expect(outcome).toBe('buffered');
    expect(connection.buffered()).toBeGreaterThan(0);
  });
});
