import * as v from 'valibot';
import { CreateRoomReply, Problem, RoomReply, TokensReply } from '../protocol/bodies.ts';
import type {
  EndpointAt,
  EndpointLine,
  PathParam,
  ReplySchema,
  RequestInput,
} from '../protocol/endpoint-types.ts';
import { type ClientErrorCode, ParleyClientError } from './errors.ts';
import type { Account, CreatedRoom, CreateRoomRequest, Room } from './types.ts';

/** Milliseconds until a request fails with `timeout`. */
const ANSWER_MS = 10_000;

interface RequestTo<Line extends EndpointLine> {
  readonly token?: string;
  /** Values of the path's `:name` segments. */
  readonly params?: { readonly [Name in PathParam<Line>]: string };
  readonly body?: RequestInput<EndpointAt<Line>>;
}

type ReplyTo<Line extends EndpointLine> = [ReplySchema<EndpointAt<Line>>] extends [never]
  ? unknown
  : ReplySchema<EndpointAt<Line>>;

/**
 * Creates a room that this account owns.
 * @param request all fields are optional; `LIMITS` has their ranges, `emptySeconds` is 0–86,400
 * @throws ParleyClientError `validation_failed`, `forbidden`, `rate_limited`, `unauthorized`, `network`, `timeout`
 * @example
 * const { room, url } = await createRoom(account, { name: 'Tea', max: 4 });
 */
export async function createRoom(account: Account, request: CreateRoomRequest = {}): Promise<CreatedRoom> {
  const token = await account.token();
  return send(account.baseUrl, 'POST /rooms', CreateRoomReply, { token, body: request });
}

/**
 * Resolves with a room's current state, without entering it.
 * @throws ParleyClientError `room_not_found`, `unauthorized`, `network`, `timeout`
 * @example
 * const { name, participants, max } = await findRoom(account, roomId);
 */
export async function findRoom(account: Account, roomId: string): Promise<Room> {
  const token = await account.token();
  return (await send(account.baseUrl, 'GET /rooms/:roomId', RoomReply, { token, params: { roomId } })).room;
}

export function requestGuest(
  baseUrl: string,
  body: { displayName?: string | undefined; username?: string | undefined },
): Promise<TokensReply> {
  return send(baseUrl, 'POST /auth/guest', TokensReply, { body });
}

/** [TK5] Uses the refresh token up: the reply has a new one. */
export function requestRefresh(baseUrl: string, refreshToken: string): Promise<TokensReply> {
  return send(baseUrl, 'POST /auth/refresh', TokensReply, { body: { refreshToken } });
}

export async function requestLogout(baseUrl: string, token: string): Promise<void> {
  await send(baseUrl, 'POST /auth/logout', v.unknown(), { token });
}

/**
 * The server's origin, without a slash at the end.
 * @throws TypeError outside a page, if `baseUrl` is undefined
 */
export function originOf(baseUrl: string | undefined): string {
  if (baseUrl !== undefined) return baseUrl.replace(/\/+$/, '');
  if (typeof location === 'undefined')
    throw new TypeError('Outside a page, pass baseUrl: the origin of the server.');
  return location.origin;
}

/** @param reply the schema of the endpoint's JSON reply; any schema if its reply has no content */
async function send<Line extends EndpointLine, Schema extends v.GenericSchema>(
  baseUrl: string,
  line: Line,
  reply: Schema & ReplyTo<Line>,
  { token, params, body }: RequestTo<Line>,
): Promise<v.InferOutput<Schema>> {
  const [method = '', pattern = ''] = line.split(' ');
  const path = Object.entries<string>(params ?? {}).reduce(
    (filled, [name, value]) => filled.replace(`:${name}`, encodeURIComponent(value)),
    pattern,
  );
  const headers = new Headers({ accept: 'application/json' });
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const response = await orClientError(
    fetch(`${baseUrl}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await orClientError(response.text());
  if (!response.ok) throw refusal(response, text);
  const parsed = v.safeParse(reply, parseJson(text));
  if (parsed.success) return parsed.output;
  throw new ParleyClientError('internal', `The answer to ${method} ${path} is not what this SDK expects.`);
}

/** Turns the browser's error for a request without an answer into one of ours. */
async function orClientError<Value>(promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
    if (timedOut)
      throw new ParleyClientError('timeout', `The server did not answer within ${ANSWER_MS} ms.`, { cause });
    throw new ParleyClientError('network', 'The server could not be reached.', { cause });
  }
}

function refusal(response: Response, text: string): ParleyClientError {
  const problem = v.safeParse(Problem, parseJson(text));
  if (problem.success) {
    const { code, detail, retryAfterMs } = problem.output;
    return new ParleyClientError(code, detail, { retryAfterMs: retryAfterMs ?? retryAfter(response) });
  }
  // A later server's code, or no problem body at all (from a proxy): the status says roughly what happened.
  const later = v.safeParse(v.object({ detail: v.string() }), parseJson(text));
  const detail = later.success ? later.output.detail : `The server answered ${response.status}.`;
  const code = BY_STATUS.get(response.status) ?? 'internal';
  return new ParleyClientError(code, detail, { retryAfterMs: retryAfter(response) });
}

const BY_STATUS: ReadonlyMap<number, ClientErrorCode> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [413, 'too_large'],
  [429, 'rate_limited'],
  [503, 'unavailable'],
]);

/** The Retry-After header in milliseconds; only its form in seconds (RFC 9110, 10.2.3). */
function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
