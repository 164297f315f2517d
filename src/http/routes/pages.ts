import type * as v from 'valibot';
import { ParleyError } from '../../domain/errors.ts';
import type { ConnectReply } from '../../protocol/bodies.ts';
import { noSuchRoom } from '../../rooms/rooms.ts';
import type { HttpDeps } from '../server/deps.ts';
import { fileReply } from '../server/file-reply.ts';
import { type File, type Files, PAGE } from '../server/files.ts';
import { pageWithPreview } from '../server/html.ts';
import { isForProgram, movedTo, straightened } from '../server/links.ts';
import { roomUrl, roomWebSocketUrl } from '../server/origin.ts';
import { pagePolicy } from '../server/page-policy.ts';
import { found, json, NO_STORE, type Reply } from '../server/reply.ts';
import { withRoomPassword } from '../server/room-password.ts';
import type { Call, Route } from '../server/route.ts';
import { roomOnWire } from './rooms.ts';

type PageDeps = Pick<HttpDeps, 'rooms' | 'hub' | 'iceServers'> & { readonly files: Files };

/** The page, what it is made of, and the SDK. */
export function pageRoutes(deps: PageDeps): Route[] {
  const { files } = deps;
  return [
    { method: 'GET', path: '/', handle: (call) => page(call, files.get(PAGE)) },
    {
      method: 'GET',
      path: '/connect/:roomId',
      handle: (call) => {
        const { path } = call.request;
        if (straightened(path) !== path) return movedTo(straightened(path), call.request);
        return isForProgram(call.request) ? connect(call, deps) : callPage(call, deps);
      },
    },
    { method: 'GET', path: '/assets/*', handle: (call) => asset(call, files) },
    { method: 'GET', path: '/client.js', handle: (call) => asset(call, files) },
    { method: 'GET', path: '/client.d.ts', handle: (call) => asset(call, files) },
  ];
}

/** A link to a room that is not there leads home; the page sees that it was redirected, and says why. */
function callPage(call: Call, { rooms, files }: PageDeps): Reply {
  const record = rooms.find(call.param('roomId'));
  if (record === undefined) return found('/');
  // Whoever may not come in by the link alone learns nothing by it.
  const name = record.locked || record.hasPassword ? null : record.name;
  return page(call, pageWithPreview(files, { name, url: roomUrl(call.origin, record.id) }));
}

/** All that is needed to join. Who is inside is told only to those who could enter [RM4]. */
async function connect(call: Call, { rooms, hub, iceServers }: PageDeps): Promise<Reply> {
  const identity = await call.identity();
  const roomId = roomIdOf(call, rooms);
  const record = await withRoomPassword(call.request.headers.get('x-room-password'), (password) =>
    rooms.admit({ roomId, identity, password, client: call }),
  );
  // The login may have been ended while a password was checked.
  await call.identityAnew();
  const body = {
    room: roomOnWire(record, hub),
    wsUrl: roomWebSocketUrl(call.origin, record.id),
    iceServers: [...iceServers(identity, call.request.headers.get('host') ?? '', record.id).iceServers],
    peers: [...hub.peersOf(record.id)],
  } satisfies v.InferOutput<typeof ConnectReply>;
  return json(200, body);
}

/** An id that can't be one is a room that doesn't exist. */
function roomIdOf(call: Call, rooms: PageDeps['rooms']) {
  const record = rooms.find(call.param('roomId'));
  if (record === undefined) throw noSuchRoom();
  return record.id;
}

function page(call: Call, file: File | undefined): Reply {
  const policy = pagePolicy(call.origin);
  if (file !== undefined) return fileReply(file, call.request, [...policy, ['Vary', 'Accept']]);
  return {
    status: 503,
    headers: [['Content-Type', 'text/plain; charset=utf-8'], ...policy],
    cache: NO_STORE,
    body: 'Parley is running, but its page is not built. Run `npm run build`, then start it again.\n',
  };
}

function asset({ request }: Call, files: Files): Reply {
  const file = files.get(request.path);
  if (file !== undefined) return fileReply(file, request);
  throw new ParleyError('not_found', 'There is no such file; if it should be there, run `npm run build`.');
}
