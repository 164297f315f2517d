import { ParleyError } from '../../domain/errors.ts';
import type { Identity } from '../../domain/identity.ts';
import { adminsOnly, noSuchRoom, oneRoomOnly, oneselfOnly, servicesOnly } from '../../domain/refusals.ts';
import { isGoodIn } from '../../domain/scope.ts';
import type { Endpoint, Who } from '../../protocol/endpoints.ts';
import type { HttpDeps } from './deps.ts';
import { createOperator, type OperatorDeps } from './operator.ts';
import type { RequestHead } from './request.ts';

type AuthorizationDeps = Pick<HttpDeps, 'rooms'> & OperatorDeps;

/** Enforces `who` and `roomToken` of the endpoints. */
export interface Authorization {
  /** Call it with every request: it may show that there is a proxy. */
  look(request: RequestHead): void;
  /** Refuses strangers before their body is received [HT3]. @throws ParleyError `unauthorized`, `forbidden` */
  beforeBody(endpoint: Endpoint, request: RequestHead): void;
  /**
   * Refuses a token for one room that doesn't open this endpoint [TK4], and anybody who is neither the user nor the
   * admin, the host or the backend that it is for.
   * @param params of the endpoint's path
   * @throws ParleyError `forbidden`; `banned` for a token for a room from which its user is banned; `room_not_found`, which
   *   comes first [RM1]
   */
  withIdentity(endpoint: Endpoint, identity: Identity, params: ReadonlyMap<string, string>): Promise<void>;
}

export function createAuthorization(deps: AuthorizationDeps): Authorization {
  const operator = createOperator(deps);
  return {
    look: operator.look,
    beforeBody(endpoint, request) {
      if (takesToken(endpoint, request)) requireToken(request);
      else if (endpoint.who === 'operator') operator.require(request);
    },
    async withIdentity({ who, roomToken }, identity, params) {
      if (identity.room !== null && roomToken !== 'accepted') {
        if (roomToken === undefined) throw oneRoomOnly();
        const room = await deps.rooms.find(params.get('roomId') ?? '');
        if (room === undefined) throw noSuchRoom();
        if (!isGoodIn(identity, room.id)) throw oneRoomOnly();
        await deps.rooms.tokens.check(identity);
      }
      requireOneOf(who, identity, params);
      if (who === 'host') await deps.rooms.rights.asHost(identity, params.get('roomId') ?? '');
    },
  };
}

/** The same refusal whether the user of `/users/:id` exists or not. @throws ParleyError `forbidden` */
function requireOneOf(who: Who, { userId, role }: Identity, params: ReadonlyMap<string, string>): void {
  if (who === 'admin' && role !== 'admin') throw adminsOnly();
  if (who === 'service' && role !== 'service') throw servicesOnly();
  if (who === 'service_or_user' && role !== 'service' && params.get('userId') !== userId)
    throw servicesOnly();
  if ((who !== 'self' && who !== 'self_or_admin') || params.get('id') === userId) return;
  if (who === 'self' || role !== 'admin') throw oneselfOnly();
}

/** Whether only the bearers of an access token may make this request. */
export function takesToken({ who, openBy }: Endpoint, { query }: Pick<RequestHead, 'query'>): boolean {
  if (who === 'all' || who === 'operator') return false;
  return openBy === undefined || new URLSearchParams(query).get(openBy[0]) !== openBy[1];
}

/** Returns the access token, unverified (RFC 6750, 2.1) [HT3]. @throws ParleyError `unauthorized` if there is none */
export function requireToken({ headers }: RequestHead): string {
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (token !== undefined) return token;
  throw new ParleyError(
    'unauthorized',
    'Send `Authorization: Bearer <access token>`; POST /auth/login or POST /auth/guest gives one.',
  );
}
