import { ParleyError } from '../../../src/domain/errors.ts';
import { type RoomId, randomIds } from '../../../src/domain/ids.ts';
import { createAddressResolver } from '../../../src/lib/addresses.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { LimitHits } from '../../../src/lib/limit-hits.ts';
import { silentLog } from '../../../src/lib/log.ts';
import { allowOrigins } from '../../../src/lib/origins.ts';
import { createMessageHandler } from '../../../src/messages/message-handler.ts';
import { LIMIT_DEFAULTS, type Limits } from '../../../src/protocol/limits.ts';
import { createModeration } from '../../../src/rooms/moderation.ts';
import type { Rooms } from '../../../src/rooms/rooms.ts';
import { createHub, type Hub } from '../../../src/signaling/hub.ts';
import { loadUws } from '../../../src/uws/load.ts';
import { attachGateway, type Gateway, type GatewayDeps } from '../../../src/ws/gateway.ts';
import { NO_SUBSCRIBERS } from '../fakes/events.ts';
import { NOBODY_WAITS } from '../fakes/waiting-room.ts';
import { identity, profile } from './accounts.ts';
import { NO_CHAT } from './chat.ts';
import { admitted, OTHER_ROOM, ROOM, room } from './hub.ts';
import { NOBODY_PUT_OUT } from './room-tokens.ts';
import { RawClient, type RawOptions } from './ws-client.ts';

export interface GatewayStage {
  readonly wsUrl: string;
  readonly port: number;
  readonly hub: Hub;
  readonly gateway: Gateway;
  /** A client whose token is its user's name. */
  dial(token: string | undefined, options?: Partial<RawOptions>): RawClient;
  /** Welcomed and inside `ROOM`. */
  inside(token: string): Promise<RawClient & { peerId: string }>;
  close(): void;
}

interface StageOptions {
  readonly limits?: Partial<Limits>;
  readonly rooms?: Pick<Rooms, 'admit'>;
  /** What the gateway sees of the hub. */
  readonly hubSeen?: (hub: Hub) => Hub;
}

/**
 * The gateway on a real port with a real hub, and accounts and rooms that know every user (a token is a name, `bad`
 * is refused) and two rooms.
 */
export async function startGateway(
  options: Partial<Omit<GatewayDeps, 'limits' | 'hub'>> & StageOptions = {},
): Promise<GatewayStage> {
  const uws = loadUws();
  const app = uws.App();
  const limits: Limits = { ...LIMIT_DEFAULTS, ...options.limits };
  const { clock = systemClock, rooms = twoRooms, hubSeen = (hub) => hub } = options;
  const limitHits = new LimitHits(clock);
  const hub = createHub({
    clock,
    ids: randomIds,
    log: silentLog,
    limits,
    directCalls: 'on',
    memoryBytes: 2 ** 33,
    lastMessageIn: () => null,
    iceServers: () => ({ iceServers: [], expiresAt: Number.POSITIVE_INFINITY }),
    profileOf: profile,
    events: NO_SUBSCRIBERS,
    limitHits,
    handle: (session, request) => handle(session, request),
  });
  const handle = createMessageHandler({
    hub,
    accounts: options.accounts ?? accounts,
    noticeAdmins: () => {},
    rooms: { isCurrent: () => true, ...rooms },
    roomTokens: NOBODY_PUT_OUT,
    moderation: createModeration({ rooms: nobodysRooms, hub }),
    waitingRoom: NOBODY_WAITS,
    chat: NO_CHAT,
    clock,
  });
  const gateway = attachGateway(app, {
    clock,
    log: silentLog,
    limitHits,
    uniqueId: randomIds.unique,
    accounts,
    roomTokens: NOBODY_PUT_OUT,
    resolveAddress: createAddressResolver([]),
    allowsOrigin: allowOrigins(['https://allowed.example']),
    ...options,
    hub: hubSeen(hub),
    limits,
  });
  const port = await new Promise<number>((resolve, reject) => {
    app.listen('127.0.0.1', 0, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (socket) => {
      if (socket === false) reject(new Error('no port could be had'));
      else resolve(uws.us_socket_local_port(socket));
    });
  });
  const wsUrl = `ws://127.0.0.1:${port}`;
  const dial: GatewayStage['dial'] = (token, more) => new RawClient({ wsUrl, token, ...more });
  return {
    wsUrl,
    port,
    hub,
    gateway,
    dial,
    async inside(token) {
      const client = dial(token);
      const { peerId } = (await client.welcome).payload;
      await client.request('room:join', { roomId: ROOM });
      return Object.assign(client, { peerId });
    },
    close() {
      gateway.close();
      hub.close();
      app.close();
    },
  };
}

export const accounts: GatewayDeps['accounts'] = {
  async verify(token) {
    if (token === 'bad') throw new ParleyError('unauthorized', 'sign in again');
    return identity(token, { expiresAt: Date.now() + 3_600_000 });
  },
  remembered: () => undefined,
};

/** Rooms that nobody may moderate. */
const nobodysRooms: Parameters<typeof createModeration>[0]['rooms'] = {
  find: (id) => room(id as RoomId),
  setLocked: async () => {},
  rights: { asHost: () => Promise.reject(new Error('nobody acts from outside')), change: async () => {} },
  bans: { add: async () => {} },
  tokens: NOBODY_PUT_OUT,
  remove: async () => {},
};

export const twoRooms: Pick<Rooms, 'admit'> = {
  admit({ roomId }) {
    if (roomId === ROOM || roomId === OTHER_ROOM) return admitted(roomId);
    throw new ParleyError('room_not_found', 'there is no such room');
  },
};
