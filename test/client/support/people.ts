import { afterEach, beforeEach, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openClient, type Platform } from '../../../src/client/client.ts';
import {
  type Account,
  type Call,
  type Client,
  type JoinOptions,
  signInAsGuest,
} from '../../../src/client/index.ts';
import { browserClock } from '../../../src/client/signaling/clock.ts';
import { NO_CODEC_SUPPORT } from './codecs.ts';
import { FAKE_RTC } from './fake-call.ts';

/** Somebody who uses the SDK without a browser: signaling is real, media goes nowhere. */
export interface Person {
  readonly account: Account;
  readonly client: Client;
  join(roomId: string, options?: JoinOptions): Promise<Call>;
  /** Breaks the connection; the session goes on. */
  cut(): void;
}

const PLATFORM: Omit<Platform, 'WebSocket'> = {
  clock: browserClock,
  random: Math.random,
  RTCPeerConnection: () => FAKE_RTC,
  onWake: () => () => {},
  codecSupport: () => NO_CODEC_SUPPORT,
};

/** Call it once, at the top of a test file. */
export function people(server: { readonly url: string }): (name: string) => Promise<Person> {
  let clients: Client[] = [];
  beforeEach(() => {
    clients = [];
    vi.stubGlobal('MediaStream', class {});
  });
  afterEach(() => {
    for (const client of clients) client.close();
    vi.unstubAllGlobals();
  });

  return async (name) => {
    const account = await signInAsGuest({ baseUrl: server.url, displayName: name });
    const sockets: WebSocket[] = [];
    const Recording = class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    };
    const options = { baseUrl: server.url, token: account.token };
    const client = await openClient(options, { ...PLATFORM, WebSocket: Recording });
    clients.push(client);
    return {
      account,
      client,
      join: (roomId, how) => client.join(roomId, how),
      cut: () => sockets.at(-1)?.terminate(),
    };
  };
}
