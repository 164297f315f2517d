import { ParleyError } from '../../domain/errors.ts';
import { noSuchRoom } from '../../domain/refusals.ts';
import type { HttpDeps } from '../server/deps.ts';
import { fileReply } from '../server/file-reply.ts';
import { type File, type Files, PAGE } from '../server/files.ts';
import { pageWithPreview } from '../server/html.ts';
import { roomUrl, roomWebSocketUrl } from '../server/origin.ts';
import { pagePolicy } from '../server/page-policy.ts';
import { NO_STORE, type Reply, redirectTo, TEXT } from '../server/reply.ts';
import type { Handlers, RequestContext } from '../server/request-context.ts';
import { withRoomPassword } from '../server/room-password.ts';
import { roomOnWire } from './room-on-wire.ts';

type PageDeps = Pick<HttpDeps, 'rooms' | 'liveRooms' | 'iceServers' | 'pageSettings'> & {
  readonly files: Files;
};
type PageContext = Pick<RequestContext, 'request' | 'origin'>;

/** The page, the files it consists of, the SDK, and what a program gets at the page's address. */
export function pageRoutes({ rooms, liveRooms, iceServers, pageSettings, files }: PageDeps) {
  const { embedOrigins } = pageSettings;
  const asset = ({ request }: PageContext): Reply => {
    const file = files.get(request.path);
    if (file !== undefined) return fileReply(file, request);
    throw new ParleyError('not_found', 'There is no such file. If there should be one, run `npm run build`.');
  };

  // Tokens of links are in the fragment, which no browser sends.
  const plainPage = (context: PageContext): Reply => page(context, files.get(PAGE));

  return {
    homePage: (context) => page(context, files.get(PAGE), embedOrigins),
    signInPage: plainPage,
    registerPage: plainPage,
    accountPage: plainPage,
    setupPage: plainPage,
    resetPage: plainPage,
    adminPage: plainPage,
    adminUsersPage: plainPage,
    adminUserPage: plainPage,
    adminInvitationsPage: plainPage,
    adminRoomsPage: plainPage,
    adminWebhooksPage: plainPage,
    adminLimitsPage: plainPage,
    adminKeysPage: plainPage,
    testPage: plainPage,
    /** A link to a room that doesn't exist leads home; the page sees the redirect and says why. */
    async callPage(context) {
      const record = await rooms.find(context.param('roomId'));
      if (record === undefined) return redirectTo('/');
      // The page shows the name only if the link alone is enough to enter.
      const name = record.locked || record.hasPassword ? null : record.name;
      const preview = { name, url: roomUrl(context.origin, record.id) };
      return page(context, pageWithPreview(files, preview), embedOrigins);
    },
    /** Lists the peers inside only for a user who could come in now, or is inside [RM4]. */
    async connect(context) {
      const { headers } = context.request;
      const identity = await context.identity();
      const roomId = (await rooms.find(context.param('roomId')))?.id;
      if (roomId === undefined) throw noSuchRoom();
      const { room: record, mustKnock } = await withRoomPassword(headers.get('x-room-password'), (password) =>
        rooms.admit({ roomId, identity, password, client: context }),
      );
      // The login may have been ended while a password was checked.
      const { userId } = await context.identityAnew();
      const comesInNow = !mustKnock && liveRooms.hasRoomFor(userId, record);
      const seesPeers = comesInNow || liveRooms.isInside(record.id, userId);
      return context.reply({
        room: roomOnWire(record, liveRooms),
        wsUrl: roomWebSocketUrl(context.origin, record.id),
        iceServers: [...iceServers(identity, headers.get('host') ?? '', record.id).iceServers],
        peers: seesPeers ? [...liveRooms.peersOf(record.id)] : [],
      });
    },
    getAsset: asset,
    getSdk: asset,
    getSdkTypes: asset,
    getWebComponent: asset,
    getWebComponentTypes: asset,
  } satisfies Partial<Handlers>;
}

/** @param embedOrigins sites that may frame it */
function page(
  { request, origin }: PageContext,
  file: File | undefined,
  embedOrigins: readonly string[] = [],
): Reply {
  const policy = pagePolicy(origin, embedOrigins);
  if (file !== undefined) return fileReply(file, request, [...policy, ['Vary', 'Accept']]);
  return {
    status: 503,
    headers: [TEXT, ...policy],
    cache: NO_STORE,
    body: 'Parley is running, but its page is not built. Run `npm run build`, then start it again.\n',
  };
}
