import { totalmem } from 'node:os';
import type { BackupStatus, CopyDatabase } from './backup/backups.ts';
import type { Chat } from './chat/chat.ts';
import type { Config } from './config/config.ts';
import { createControl } from './control/control.ts';
import { createEvents } from './domain/events.ts';
import type { Ids, UserId } from './domain/ids.ts';
import { restoreSessions } from './drain.ts';
import { attachHttp } from './http/attach.ts';
import type { ServerStats } from './http/metrics/series.ts';
import type { Clock } from './lib/clock.ts';
import { LimitHits } from './lib/limit-hits.ts';
import type { Log } from './lib/log.ts';
import { allowOrigins } from './lib/origins.ts';
import { BUILT } from './lib/own-files.ts';
import type { Passwords } from './lib/passwords.ts';
import { createWarningAddressResolver } from './lib/untrusted-proxies.ts';
import { createMessageHandler } from './messages/message-handler.ts';
import { Restarts } from './restarts.ts';
import type { Endings } from './rooms/endings.ts';
import { createHub, type Hub } from './signaling/hub.ts';
import { startAccounts } from './start-accounts.ts';
import { startServerFacts } from './start-admin.ts';
import { startBackups } from './start-backups.ts';
import { startDoctor } from './start-doctor.ts';
import { startFront } from './start-front.ts';
import { type Closers, startRooms } from './start-rooms.ts';
import { startWebhooks } from './start-webhooks.ts';
import type { Store } from './store/contract.ts';
import { startCheckpoints } from './store/sqlite/checkpoints.ts';
import { lockDatabase } from './store/sqlite/only-process.ts';
import type { SqliteStore } from './store/sqlite/open.ts';
import { subscribeAll, updateSessions } from './subscriptions.ts';
import type { CertificateStatus } from './tls/certificate.ts';
import { startIce } from './turn/ice/ice.ts';
import { loadUws } from './uws/load.ts';
import { attachGateway, type Gateway } from './ws/gateway.ts';

/** What the server consists of, besides what `start` makes. */
export interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly passwords: Passwords;
  /** Makes a backup: `(path, file, signal)`. */
  readonly copyDatabase: CopyDatabase;
  /** Milliseconds of CPU time since the process started. */
  readonly cpuMs: () => number;
  readonly openStore: (path: string, log: Log, clock: Clock) => Store & Pick<SqliteStore, 'changes'>;
}

/** A server that listens. */
export interface Running {
  readonly port: number;
  readonly setupToken: string | undefined;
  readonly hub: Hub;
  readonly gateway: Gateway;
  readonly chat: Pick<Chat, 'settle'>;
  readonly endings: Pick<Endings, 'settle'>;
  readonly restarts: Pick<Restarts, 'expectedMs' | 'ending'>;
  readonly store: Store;
  readonly stats: () => ServerStats;
  /** The certificate that new connections get. */
  readonly certificate: () => CertificateStatus;
  readonly backup: () => BackupStatus;
  reload(): void;
  /** Makes `/ready` answer 503. */
  startDraining(): void;
  stopListening(): void;
}

/**
 * Builds the parts, connects them, and listens. It decides nothing.
 * @param closers gets what closes each part, in the order in which they were opened
 * @throws StartError if it can't start
 */
export async function start(parts: Parts, closers: Closers): Promise<Running> {
  const { config, clock, ids, log } = parts;
  const { limits, publicUrl, trustedProxies, metricsToken } = config;

  const uws = loadUws();
  const limitHits = new LimitHits(clock);
  const events = createEvents({ log });
  closers.push(lockDatabase(config.databasePath));
  const opened = parts.openStore(config.databasePath, log, clock);
  closers.push(() => opened.close());
  closers.push(startCheckpoints({ path: config.databasePath, store: opened, clock, log }));
  const webhooks = await startWebhooks({ ...parts, limitHits, store: opened, hub: () => hub });
  const { store } = webhooks;
  closers.push(() => webhooks.close());
  const backups = startBackups({ ...parts, settings: store.settings });
  closers.push(() => backups.close());

  const front = await startFront({ config, uws, store, clock, log });
  closers.push(() => front.close());
  const { certificate } = front;

  const ice = await startIce({
    ...config.turn,
    publicUrl,
    ownPorts: [config.port, ...(config.tls?.httpPort === undefined ? [] : [config.tls.httpPort])],
    serverPair: front.serverPair,
    ownSecret: () => store.settings.getOrMake('turn-secret', ids.secret),
    unique: ids.unique,
    events,
    clock,
    log,
  });
  closers.push(() => ice.close());
  limitHits.watch('turn_strangers', () => ice.stats().unanswered);

  const isOnline = (userId: UserId) => hub.isOnline(userId);
  const accounts = await startAccounts({ ...parts, limitHits, store, events, isOnline });
  closers.push(() => accounts.close());

  const hub = createHub({
    clock,
    ids,
    log,
    limits,
    memoryBytes: totalmem(),
    directCalls: config.directCalls,
    profileOf: accounts.profile,
    iceServers: ice.forPeer,
    lastMessageIn: (roomId) => rooms.lastMessageIn(roomId),
    handle: (session, request) => handle(session, request),
    events,
    limitHits,
  });
  closers.push(() => hub.close());

  const inRooms = await startRooms(
    { ...parts, store, events, hub, hasRelay: ice.hasRelay, profileOf: accounts.profile },
    closers,
  );
  const { rooms, moderation, waitingRoom, chat, roomSettings, endings, pastCalls, callLog, liveList } =
    inRooms;
  const { noticeAdmins } = accounts;
  const { tokens: roomTokens } = rooms;
  const handle = createMessageHandler({ ...inRooms, roomTokens, hub, accounts, noticeAdmins, clock });
  const control = createControl({
    rooms,
    hub,
    waitingRoom,
    store: store.addedUsers,
    atomically: store.atomically,
    accounts,
    clock,
  });
  const { added } = control;
  const { people } = webhooks;
  subscribeAll(events, { accounts, hub, ice, rooms, moderation, callLog, added, people });

  const adapters = {
    accounts,
    rooms,
    waitingRoom,
    chat,
    limitHits,
    uniqueId: ids.unique,
    clock,
    log,
    resolveAddress: createWarningAddressResolver(trustedProxies, log),
    allowsOrigin: allowOrigins(config.corsOrigins, publicUrl),
  };
  let isDraining = false;
  let ownPort: number | undefined;
  const gateway = attachGateway(front.routes, { ...adapters, roomTokens: rooms.tokens, hub, limits });
  closers.push(() => gateway.close());
  const stats = () => ({
    hub: hub.stats(),
    gateway: gateway.stats(),
    turn: ice.stats(),
    webhooks: webhooks.stats(),
    chat: chat.stats(),
  });
  const http = attachHttp(front.routes, {
    ...adapters,
    roomSettings,
    pastCalls,
    moderation,
    liveRooms: hub.liveRooms,
    liveList,
    webhooks: webhooks.desk,
    server: startServerFacts({ store, clock }),
    control,
    places: hub,
    iceServers: (identity, host, roomId, isWorthless = false) =>
      ice.forIdentity(identity, isWorthless ? { kind: 'none' } : hub.turnRight(identity, roomId), host),
    testIceServers: ice.forTest,
    relayProblems: ice.problems,
    certificate,
    hasRelay: ice.hasRelay,
    stats,
    backup: () => backups.status(),
    backupNow: () => backups.make(),
    isDraining: () => isDraining,
    dist: BUILT,
    pageSettings: {
      registration: config.registration,
      guests: config.guests,
      oidcName: config.oidc?.name,
      roomCreation: config.roomCreation,
      embedOrigins: config.embedOrigins,
    },
    publicUrl,
    tls: config.tls,
    trustedProxies,
    ownPort: () => ownPort,
    metricsToken,
    doctor: await startDoctor({ config, store, ids }),
  });
  closers.push(() => http.close());

  // Before anybody can connect: a client whose session isn't there yet would join anew.
  await added.load();
  const savedAt = await restoreSessions(store, hub, log);
  if (savedAt !== undefined) endings.restore(savedAt);
  // The relay of the process before is gone too.
  if (config.turn.enabled) hub.tellRelayRestarted();
  added.settle();
  await callLog.restore();
  await webhooks.restore(callLog);
  for (const userId of hub.users()) await updateSessions(userId, { accounts, hub });
  const restarts = new Restarts({ ...parts, settings: store.settings });
  const listening = front.listen();
  ownPort = listening.port;
  closers.push(() => listening.close());
  await restarts.listening(hub.stats().suspended);
  // Last, so that a start that fails leaves the snapshot to the next one.
  await store.sessions.clear();
  return {
    port: listening.port,
    setupToken: accounts.setup.token,
    hub,
    gateway,
    chat,
    endings,
    restarts,
    store,
    stats,
    certificate,
    backup: () => backups.status(),
    reload() {
      front.reload();
      ice.reload();
    },
    startDraining: () => {
      isDraining = true;
    },
    stopListening: () => listening.close(),
  };
}
