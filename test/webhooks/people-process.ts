import { createEvents } from '../../src/domain/events.ts';
import { type RoomId, randomIds } from '../../src/domain/ids.ts';
import { restoreSessions } from '../../src/drain.ts';
import { silentLog } from '../../src/lib/log.ts';
import { WEBHOOK_TYPES } from '../../src/protocol/webhook-events.ts';
import { CallLog } from '../../src/rooms/call-log.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { createOutbox } from '../../src/webhooks/outbox.ts';
import { People } from '../../src/webhooks/people.ts';
import { createTellingStore } from '../../src/webhooks/telling-store.ts';
import type { FakeClock } from '../support/fakes/clock.ts';
import { room, stage } from '../support/server/hub.ts';

const ENDPOINT = 'https://backend.example.org/';

/** Everything in a process that tells who comes and goes, on a real database. */
export async function startProcess(path: string, clock: FakeClock) {
  const store = openStore(path);
  const events = createEvents({ log: silentLog });
  const on = stage({ clock, events });
  const { hub } = on;
  const { unique } = randomIds;
  const types = new Set(WEBHOOK_TYPES);
  store.webhooks.setEndpoints([ENDPOINT]);
  const written = () => undefined;
  const outbox = createOutbox({ store: store.webhooks, types, written, unique, clock, log: silentLog });
  const { inside, calls } = store;
  const membersOf = (roomId: RoomId) => hub.liveRooms.membersOf(roomId);
  const people = new People({ outbox, inside, calls, membersOf, waitingFor: () => [], clock });
  const callLog = new CallLog({ store: calls, liveRooms: hub.liveRooms, clock, ids: randomIds, events });
  const never = () => {
    throw new TypeError('nobody writes or registers here');
  };
  const describe = {
    room: ({ id }: { readonly id: RoomId }) => ({ ...room(id), participants: hub.liveRooms.countIn(id) }),
    message: never,
    user: never,
  };
  const telling = createTellingStore({ store, outbox, people, describe });
  events.subscribe('peer.joined', (event) => people.joined(event));
  events.subscribe('peer.left', (event) => people.left(event));
  events.subscribe('call.started', (event) => people.callStarted(event));
  events.subscribe('call.ended', (event) => people.callEnded(event));
  events.subscribe('peer.joined', (event) => callLog.joined(event));
  events.subscribe('peer.left', (event) => callLog.left(event));
  await restoreSessions(store, hub, silentLog);
  await callLog.restore();
  await people.restore(({ roomId, callId }) => callLog.isOngoing(roomId, callId));
  store.sessions.clear();
  const close = () => {
    callLog.close();
    hub.close();
    people.close();
    store.close();
  };
  return { on, hub, store, telling, callLog, close };
}

export type Process = Awaited<ReturnType<typeof startProcess>>;
