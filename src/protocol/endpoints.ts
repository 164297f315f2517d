import { ACCOUNT_ENDPOINTS } from './account-endpoints.ts';
import {
  ConnectReply,
  CreateReply,
  CreateRoomReply,
  CreateRoomRequest,
  HealthReply,
  IceServersReply,
  JwksReply,
  ReadinessReply,
  RoomReply,
} from './bodies.ts';
import { BODY_ERRORS, type Endpoint, NoBody, TOKEN_ERRORS } from './endpoint.ts';
import { OIDC_ENDPOINTS } from './oidc-endpoints.ts';
import { USER_ENDPOINTS } from './user-endpoints.ts';

export { type Endpoint, ERRORS_OF_ALL, type Method, NoBody, type Who } from './endpoint.ts';

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
  ...ACCOUNT_ENDPOINTS,
  ...OIDC_ENDPOINTS,
  ...USER_ENDPOINTS,
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
  setupPage: { ...PAGE, path: '/setup' },
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
