import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { createAccounts } from '../../../src/accounts/accounts.ts';
import { secretKeys } from '../../../src/accounts/keys.ts';
import type { ProviderSettings } from '../../../src/accounts/oidc/provider.ts';
import { createSignIns } from '../../../src/accounts/sign-ins.ts';
import { createEvents } from '../../../src/domain/events.ts';
import { randomIds } from '../../../src/domain/ids.ts';
import { attachHttp } from '../../../src/http/attach.ts';
import type { HttpDeps } from '../../../src/http/server/deps.ts';
import { createAddressResolver, type Network } from '../../../src/lib/addresses.ts';
import { LimitHits } from '../../../src/lib/limit-hits.ts';
import { createLog } from '../../../src/lib/log.ts';
import { allowOrigins } from '../../../src/lib/origins.ts';
import { folderTree } from '../../../src/lib/own-files.ts';
import { createThrottle, perMinute } from '../../../src/lib/throttle.ts';
import type { Peer } from '../../../src/protocol/fields.ts';
import { Creations } from '../../../src/rooms/creations.ts';
import { createRoomSettings } from '../../../src/rooms/room-settings.ts';
import { createRooms } from '../../../src/rooms/rooms.ts';
import { RefusedJoins } from '../../../src/signaling/live-rooms/refused-joins.ts';
import { startServerFacts } from '../../../src/start-admin.ts';
import { NO_CERTIFICATE } from '../../../src/tls/certificate.ts';
import { loadUws } from '../../../src/uws/load.ts';
import { createWebhookDesk } from '../../../src/webhooks/desk.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { NO_CONTROL, nobodyExpected } from '../../support/fakes/control.ts';
import { NO_KNOCKS, NOBODY_WAITS } from '../../support/fakes/waiting-room.ts';
import { cheapPasswords, SECRET } from '../../support/server/accounts.ts';
import { NO_CHAT } from '../../support/server/chat.ts';
import { temporaryStore } from '../../support/server/database.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

type Options = Partial<Omit<HttpDeps, 'accounts'>> & {
  readonly accounts?: Partial<HttpDeps['accounts']>;
  readonly proxies?: readonly Network[];
  readonly origins?: readonly string[];
  readonly guests?: number;
  readonly oidc?: ProviderSettings;
  readonly signIns?: number;
};

export const STATS = {
  hub: {
    live: 3,
    suspended: 1,
    rooms: 2,
    sessionsBegun: 9,
    resumed: 4,
    resumesRefused: 1,
    received: 70,
    refused: new Map([['peer_gone', 5] as const]),
    answering: 0,
    sent: 150,
    relayed: 60,
    resumesTooLate: 1,
    joinsRefused: new Map([['room_full', 2] as const]),
    callPaths: { direct: 6, relayed: 2, failed: 1 },
  },
  gateway: { connections: 3, waiting: 0 },
  turn: {
    allocations: 2,
    connections: 0,
    allocationsMade: 7,
    packetsUp: 10,
    bytesUp: 1_000,
    packetsDown: 11,
    bytesDown: 1_100,
    packetsInside: 0,
    bindings: 5,
    unauthorized: 7,
    unanswered: 0,
    denials: { peer: 4 },
  },
  webhooks: { attempts: { delivered: 6, failed: 1, gone: 0, dropped: 0 }, oldestAt: undefined },
  chat: { said: 12 },
};

/** Starts only the HTTP part, on its own port: with real accounts, rooms and database, and a clock that stands still. */
export async function startHttp({
  proxies = [],
  origins = [],
  guests: mostGuests = 1_000,
  oidc,
  signIns = 1_000,
  accounts: overAccounts,
  ...over
}: Options = {}) {
  const uws = loadUws();
  const clock = new FakeClock();
  const store = temporaryStore();
  const logged: string[] = [];
  const log = createLog({ level: 'debug', now: clock.now.bind(clock), write: (line) => logged.push(line) });
  const limitHits = new LimitHits(clock);
  const common = { clock, ids: randomIds, log, limitHits };
  const ended: string[] = [];
  const events = createEvents({ log });
  events.subscribe('login.ended', ({ loginId }) => ended.push(loginId));
  const guests = createThrottle({ clock, rate: perMinute(mostGuests) });
  const accounts = await createAccounts({
    isOnline: () => true,
    ...common,
    store,
    keys: await secretKeys(SECRET),
    passwords: cheapPasswords(),
    issuer: 'parley',
    audience: 'parley',
    trusted: undefined,
    oidc,
    guests,
    signIns: createSignIns(clock, signIns),
    registrationPolicy: 'open',
    takesGuests: true,
    events,
  });
  const inside = new Map<string, Peer[]>();
  const creations = new Creations({ clock, creators: 'everyone', hasRelay: true });
  const liveRooms = {
    countIn: (roomId: string) => inside.get(roomId)?.length ?? 0,
    peersOf: (roomId: string) => inside.get(roomId) ?? [],
    hasPlace: () => false,
    isInside: () => false,
    hasRoomFor: () => true,
    isOccupied: (roomId: string) => inside.has(roomId),
    expected: nobodyExpected(),
    release: () => {},
  };
  const rooms = createRooms({
    ...common,
    store: store.rooms,
    bans: store.bans,
    roomRights: store.roomRights,
    roomInvitations: store.roomInvitations,
    roomTokenMarks: store.roomTokenMarks,
    creations,
    passwords: cheapPasswords(),
    liveRooms,
    knocks: NO_KNOCKS,
  });
  const roomSettings = createRoomSettings({
    rooms,
    chat: NO_CHAT,
    lists: store.roomLists,
    creations,
    passwords: cheapPasswords(),
    waitingRoom: NOBODY_WAITS,
    endings: { check: () => {} },
    closings: { check: () => {} },
    hub: { liveRooms: { membersOf: () => [], tellChange: () => {} }, putOut: () => {} },
  });
  let port = 0;
  const app = uws.App();
  const http = attachHttp(app, {
    limitHits,
    uniqueId: randomIds.unique,
    clock,
    log,
    accounts: { ...accounts, ...overAccounts },
    rooms,
    roomSettings,
    waitingRoom: NOBODY_WAITS,
    backup: () => ({ lastAt: null, file: null, bytes: null, nextAt: null, lastError: null }),
    backupNow: () => Promise.reject(new Error('there is nothing to back up')),
    pastCalls: { list: async () => ({ items: [], nextCursor: null }) },
    moderation: {
      setRights: () => Promise.reject(new Error('nobody is inside')),
      kick: () => Promise.reject(new Error('nobody is inside')),
    },
    liveList: { page: async () => ({ items: [], nextCursor: null }) },
    webhooks: createWebhookDesk({ store: store.webhooks, wake: () => {}, clock }),
    server: startServerFacts({ store, clock }),
    hasRelay: true,
    liveRooms,
    control: NO_CONTROL,
    places: {
      hold() {
        throw new Error('nobody holds places here');
      },
      knock() {
        throw new Error('nobody waits here');
      },
      leaveRoom: () => {},
      refusedJoins: new RefusedJoins(),
    },
    chat: NO_CHAT,
    testIceServers: (host) => ({
      iceServers: [{ urls: `turn:${host}`, username: 'test', credential: 'secret' }],
      expiresAt: clock.now() + 60_000,
    }),
    iceServers: ({ userId }, host) => ({
      iceServers: [{ urls: `turn:${host}`, username: userId, credential: 'secret' }],
      expiresAt: Date.parse('2026-01-01T01:00:00Z'),
    }),
    stats: () => STATS,
    certificate: () => NO_CERTIFICATE,
    isDraining: () => false,
    dist: folderTree(builtSite()),
    pageSettings: { registration: 'open', guests: true, roomCreation: 'everyone', embedOrigins: [] },
    allowsOrigin: allowOrigins(origins),
    resolveAddress: createAddressResolver(proxies),
    publicUrl: undefined,
    trustedProxies: proxies,
    ownPort: () => port,
    metricsToken: undefined,
    ...over,
  });
  app.listen('127.0.0.1', 0, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
    if (socket !== false) port = uws.us_socket_local_port(socket);
  });
  cleanups.push(() => {
    http.close();
    accounts.close();
    rooms.close();
    app.close();
  });
  const url = `http://127.0.0.1:${port}`;
  return { app, url, port, clock, store, accounts, rooms, inside, ended, guests, logged, ...client(url) };
}

function client(url: string) {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { headers, redirect: 'manual' });
  /** Creates a guest and returns its Authorization header. */
  const guest = async (): Promise<{ id: string; bearer: { authorization: string } }> => {
    const { user, accessToken } = await (await post('/auth/guest', {})).json();
    return { id: user.id, bearer: { authorization: `Bearer ${accessToken}` } };
  };
  return { post, get, guest };
}

/** A small version of what `npm run build` makes. */
export const SITE: Readonly<Record<string, string>> = {
  'web/index.html': '<!doctype html><title>Parley</title>',
  'web/index-B2xK9f_a.js': `console.log(${JSON.stringify('parley '.repeat(200))});`,
  'web/favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'client.js': 'export const connect = () => {};',
  'client.d.ts': 'export declare const connect: () => void;',
  'embed.js': 'customElements.define();',
  'embed.d.ts': 'export type CallLayout = string;',
  'secret.txt': 'not to be served',
};

export function builtSite(files: Readonly<Record<string, string>> = SITE): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-dist-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
