import * as v from 'valibot';
import {
  ConnectReply,
  CreateInviteReply,
  CreateReply,
  CreateRoomReply,
  CreateRoomRequest,
  GuestRequest,
  HealthReply,
  IceServersReply,
  InviteRequest,
  InvitesReply,
  JwksReply,
  MeReply,
  ReadinessReply,
  RefreshRequest,
  ResetRequest,
  RoomReply,
  TokensReply,
} from './bodies.ts';
import type { ErrorCode } from './codes.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call an endpoint. `user`: a request with a valid access token [HT3]. `admin`: the same, of a user with the role
 * `admin`. `operator`: who runs the server, from this machine or with `METRICS_TOKEN`.
 */
export type Who = 'all' | 'user' | 'admin' | 'operator';

/** One HTTP endpoint. Router, authorization, SDK and tests read it; nothing of it is written down twice. */
export interface Endpoint {
  readonly method: Method;
  /** Segments separated by `/`. `:name` stands for one segment that isn't empty, a final `*` for one or more. */
  readonly path: string;
  /** Answers only requests that prefer this type; another endpoint at the same path answers all others. */
  readonly accept?: 'application/json';
  readonly who: Who;
  /** What a token for one room opens [TK4]: the endpoint, or only with that room's id as `:roomId`. Default: neither. */
  readonly roomToken?: 'accepted' | 'in_its_room';
  /** Set for a GET that changes something: HEAD must not run it. */
  readonly head?: false;
  /** Schema of the JSON body, `NoBody` if none is read. */
  readonly request: v.GenericSchema;
  /** Answer to success: JSON by the schema `body`, content of another `type`, or no content. */
  readonly reply:
    | { readonly status: 200 | 201; readonly body: v.GenericSchema }
    | { readonly status: 200; readonly type: string }
    | { readonly status: 204 };
  /** Codes of its problem replies, besides `ERRORS_OF_ALL`. */
  readonly errors: readonly ErrorCode[];
}

/** What any endpoint may answer: a bad Host header is `validation_failed`. */
export const ERRORS_OF_ALL = ['validation_failed', 'internal'] as const satisfies readonly ErrorCode[];

/** A request whose body is received and dropped. */
export const NoBody = v.unknown();

/** `unavailable`: the trusted issuer's keys can't be fetched. */
const TOKEN_ERRORS = ['unauthorized', 'unavailable'] as const;
/** `unavailable`: too many bodies are being received. */
const RECEIVING_ERRORS = ['too_large', 'request_timeout', 'unavailable'] as const;
const BODY_ERRORS = [...RECEIVING_ERRORS, 'invalid_json', 'unsupported_media_type'] as const;

const CREATION = {
  who: 'user',
  errors: [...TOKEN_ERRORS, ...BODY_ERRORS, 'room_creation_off', 'forbidden', 'rate_limited'],
} as const;

const PAGE = {
  method: 'GET',
  who: 'all',
  request: NoBody,
  reply: { status: 200, type: 'text/html; charset=utf-8' },
  errors: [],
} as const;

export const ENDPOINTS = {
  createGuest: {
    method: 'POST',
    path: '/auth/guest',
    who: 'all',
    request: GuestRequest,
    reply: { status: 201, body: TokensReply },
    errors: [...BODY_ERRORS, 'rate_limited', 'username_taken'],
  },
  refreshTokens: {
    method: 'POST',
    path: '/auth/refresh',
    who: 'all',
    request: RefreshRequest,
    reply: { status: 200, body: TokensReply },
    errors: [...BODY_ERRORS, 'unauthorized', 'refresh_token_reused', 'rate_limited'],
  },
  logOut: {
    method: 'POST',
    path: '/auth/logout',
    who: 'user',
    roomToken: 'accepted',
    request: NoBody,
    reply: { status: 204 },
    errors: [...TOKEN_ERRORS, ...RECEIVING_ERRORS],
  },
  getSelf: {
    method: 'GET',
    path: '/auth/me',
    who: 'user',
    roomToken: 'accepted',
    request: NoBody,
    reply: { status: 200, body: MeReply },
    errors: TOKEN_ERRORS,
  },
  /** Sets a new password by the one-time token of an admin's link. */
  resetPassword: {
    method: 'POST',
    path: '/auth/reset',
    who: 'all',
    request: ResetRequest,
    reply: { status: 204 },
    errors: [...BODY_ERRORS, 'invalid_token', 'rate_limited'],
  },
  /** Invitations to register; they come whole. */
  listInvites: {
    method: 'GET',
    path: '/invites',
    who: 'admin',
    request: NoBody,
    reply: { status: 200, body: InvitesReply },
    errors: [...TOKEN_ERRORS, 'forbidden'],
  },
  createInvite: {
    method: 'POST',
    path: '/invites',
    who: 'admin',
    request: InviteRequest,
    reply: { status: 201, body: CreateInviteReply },
    errors: [...TOKEN_ERRORS, ...BODY_ERRORS, 'forbidden'],
  },
  deleteInvite: {
    method: 'DELETE',
    path: '/invites/:id',
    who: 'admin',
    request: NoBody,
    reply: { status: 204 },
    errors: [...TOKEN_ERRORS, 'forbidden', 'not_found'],
  },
  getJwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    who: 'all',
    request: NoBody,
    reply: { status: 200, body: JwksReply },
    errors: [],
  },
  createRoom: {
    ...CREATION,
    method: 'POST',
    path: '/rooms',
    request: CreateRoomRequest,
    reply: { status: 201, body: CreateRoomReply },
  },
  /** Creates a room with default settings: a link that creates a call. */
  createDefaultRoom: {
    ...CREATION,
    method: 'GET',
    path: '/create',
    head: false,
    request: NoBody,
    reply: { status: 201, body: CreateReply },
  },
  getRoom: {
    method: 'GET',
    path: '/rooms/:roomId',
    who: 'user',
    roomToken: 'in_its_room',
    request: NoBody,
    reply: { status: 200, body: RoomReply },
    errors: [...TOKEN_ERRORS, 'room_not_found', 'forbidden'],
  },
  getIceServers: {
    method: 'GET',
    path: '/ice-servers',
    who: 'user',
    roomToken: 'accepted',
    request: NoBody,
    reply: { status: 200, body: IceServersReply },
    errors: TOKEN_ERRORS,
  },
  getHealth: {
    method: 'GET',
    path: '/health',
    who: 'all',
    request: NoBody,
    reply: { status: 200, body: HealthReply },
    errors: [],
  },
  getReadiness: {
    method: 'GET',
    path: '/ready',
    who: 'all',
    request: NoBody,
    reply: { status: 200, body: ReadinessReply },
    errors: ['unavailable'],
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    who: 'operator',
    request: NoBody,
    reply: { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' },
    errors: ['unauthorized', 'forbidden'],
  },
  homePage: { ...PAGE, path: '/' },
  signInPage: { ...PAGE, path: '/sign-in' },
  registerPage: { ...PAGE, path: '/register' },
  accountPage: { ...PAGE, path: '/account' },
  /** Makes the first admin [TK7]. */
  setupPage: { ...PAGE, path: '/setup' },
  /** Sets a new password by a link of an admin. */
  resetPage: { ...PAGE, path: '/reset' },
  callPage: { ...PAGE, path: '/connect/:roomId' },
  /** Everything that joining takes, for programs; the room's password comes as `X-Room-Password`. */
  connect: {
    method: 'GET',
    path: '/connect/:roomId',
    accept: 'application/json',
    who: 'user',
    roomToken: 'in_its_room',
    request: NoBody,
    reply: { status: 200, body: ConnectReply },
    errors: [
      ...TOKEN_ERRORS,
      'room_not_found',
      'forbidden',
      'banned',
      'room_locked',
      'password_required',
      'wrong_password',
      'rate_limited',
    ],
  },
  getAsset: {
    method: 'GET',
    path: '/assets/*',
    who: 'all',
    request: NoBody,
    reply: { status: 200, type: '*/*' },
    errors: ['not_found'],
  },
  getSdk: {
    method: 'GET',
    path: '/client.js',
    who: 'all',
    request: NoBody,
    reply: { status: 200, type: 'text/javascript; charset=utf-8' },
    errors: ['not_found'],
  },
  getSdkTypes: {
    method: 'GET',
    path: '/client.d.ts',
    who: 'all',
    request: NoBody,
    reply: { status: 200, type: 'application/typescript; charset=utf-8' },
    errors: ['not_found'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
