import { afterEach } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import type { CreateRoomRequest } from '../../src/protocol/bodies.ts';
import type { Welcome } from '../../src/protocol/events.ts';
import type { Overrides } from '../../src/server.ts';
import { createRoom, signIn } from '../support/server/api.ts';
import { startServer, type TestServer } from '../support/server/server.ts';
import { RawClient, type RawFrame, type RawOptions } from '../support/server/ws-client.ts';

const running = new Set<TestServer>();
afterEach(async () => {
  for (const server of running) await server.close();
  running.clear();
});

/** A user with a token, who connects as often as a test wants. */
export interface Guest {
  readonly userId: string;
  readonly token: string;
  /** Connects, and waits for the welcome. */
  connect(options?: Partial<RawOptions>): Promise<Person>;
  /** Connects, and joins the room. */
  inside(roomId: string): Promise<Person>;
}

/** A raw client that was welcomed. */
export interface Person extends RawClient {
  readonly guest: Guest;
  readonly welcomed: Welcome;
  readonly peerId: string;
  /** Resumes on another connection. @param wsUrl of another server, if not of the same */
  resume(lastSeq?: number, wsUrl?: string): RawClient;
}

export interface Stage {
  readonly server: TestServer;
  guest(displayName?: string): Promise<Guest>;
  /** A user with a token that this server didn't make. */
  bearer(userId: string, token: string): Guest;
  /** A new guest, connected and welcomed. */
  person(): Promise<Person>;
  /** @returns the id of a new room of a new user */
  room(body?: CreateRoomRequest): Promise<string>;
  get(path: string, token?: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** Starts a whole server, for people who reach it over real sockets only. It ends with the test. */
export async function startStage(environment: Environment = {}, overrides: Overrides = {}): Promise<Stage> {
  const server = await startServer(environment, overrides);
  running.add(server);
  const { url, wsUrl } = server;

  function bearer(userId: string, token: string): Guest {
    const guest: Guest = {
      userId,
      token,
      async connect(options) {
        const client = new RawClient({ wsUrl, token, ...options });
        const welcomed = (await client.welcome).payload;
        const resume: Person['resume'] = (lastSeq = client.lastSeq, elsewhere = wsUrl) =>
          new RawClient({ wsUrl: elsewhere, token, resume: { token: welcomed.resumeToken, lastSeq } });
        return Object.assign(client, { guest, welcomed, peerId: welcomed.peerId, resume });
      },
      async inside(roomId) {
        const person = await guest.connect();
        await joined(person, roomId);
        return person;
      },
    };
    return guest;
  }

  async function guest(displayName = 'Guest'): Promise<Guest> {
    const { user, accessToken } = await signIn(url, { displayName });
    return bearer(user.id, accessToken);
  }

  return {
    server,
    guest,
    bearer,
    person: async () => (await guest()).connect(),
    room: async (body) => (await createRoom(url, (await guest()).token, body)).id,
    get: (path, token, headers = {}) =>
      fetch(url + path, {
        headers: { ...headers, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
        redirect: 'manual',
      }),
  };
}

async function joined(person: Person, roomId: string): Promise<void> {
  const { event, payload } = await person.request('room:join', { roomId });
  if (event !== 'room:joined') throw new Error(`not let in: ${JSON.stringify(payload)}`);
}

/** The `code` of an `error` frame, or the event of any other. */
export function codeOf({ event, payload }: RawFrame): unknown {
  return event === 'error' && typeof payload === 'object' && payload !== null && 'code' in payload
    ? payload.code
    : event;
}
