import { ACCOUNT_ENDPOINTS } from './account-endpoints.ts';
import { ADMIN_ENDPOINTS } from './admin-endpoints.ts';
import { ADMIN_PAGES } from './admin-pages.ts';
import {
  ConnectReply,
  HealthReply,
  IceServersQuery,
  IceServersReply,
  JwksReply,
  ReadinessReply,
} from './bodies.ts';
import { CHAT_ENDPOINTS } from './chat-endpoints.ts';
import { CONTROL_ENDPOINTS } from './control-endpoints.ts';
import { type Endpoint, NoBody, PAGE, TOKEN_ERRORS } from './endpoint.ts';
import { HOST_ENDPOINTS } from './host-endpoints.ts';
import { KNOCK_ENDPOINTS } from './knock-endpoints.ts';
import { OIDC_ENDPOINTS } from './oidc-endpoints.ts';
import { JOIN_ERRORS, PLACE_ENDPOINTS } from './place-endpoints.ts';
import { ROOM_ENDPOINTS } from './room-endpoints.ts';
import { USER_ENDPOINTS } from './user-endpoints.ts';

export { type Endpoint, ERRORS_OF_ALL, type Method, NoBody, type Who } from './endpoint.ts';

const DOCUMENT = {
  method: 'GET',
  who: 'all',
  request: NoBody,
  reply: { status: 200, type: 'application/json; charset=utf-8' },
  errors: ['not_found'],
} as const;

export const ENDPOINTS = {
  ...ACCOUNT_ENDPOINTS,
  ...KNOCK_ENDPOINTS,
  ...OIDC_ENDPOINTS,
  ...ROOM_ENDPOINTS,
  ...USER_ENDPOINTS,
  ...PLACE_ENDPOINTS,
  ...HOST_ENDPOINTS,
  ...CHAT_ENDPOINTS,
  ...CONTROL_ENDPOINTS,
  ...ADMIN_ENDPOINTS,
  getJwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    who: 'all',
    request: NoBody,
    reply: { status: 200, body: JwksReply },
    errors: [],
  },
  getIceServers: {
    method: 'GET',
    path: '/ice-servers',
    who: 'user',
    openBy: ['for', 'test'],
    roomToken: 'accepted',
    query: IceServersQuery,
    request: NoBody,
    reply: { status: 200, body: IceServersReply },
    errors: [...TOKEN_ERRORS, 'rate_limited'],
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
  /** This API in OpenAPI 3.1. */
  getOpenApi: { ...DOCUMENT, path: '/openapi.json' },
  /** The WebSocket in AsyncAPI 3.0. */
  getAsyncApi: { ...DOCUMENT, path: '/asyncapi.json' },
  handbookPage: { ...PAGE, path: '/docs' },
  getHandbookStyle: {
    ...DOCUMENT,
    path: '/docs/style.css',
    reply: { status: 200, type: 'text/css; charset=utf-8' },
  },
  handbookChapter: { ...PAGE, path: '/docs/*', errors: ['not_found'] },
  homePage: { ...PAGE, path: '/' },
  signInPage: { ...PAGE, path: '/sign-in' },
  registerPage: { ...PAGE, path: '/register' },
  accountPage: { ...PAGE, path: '/account' },
  setupPage: { ...PAGE, path: '/setup' },
  resetPage: { ...PAGE, path: '/reset' },
  ...ADMIN_PAGES,
  testPage: { ...PAGE, path: '/test' },
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
    errors: [...TOKEN_ERRORS, ...JOIN_ERRORS],
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
  /** `<parley-call>`, for pages of other sites. */
  getWebComponent: {
    method: 'GET',
    path: '/embed.js',
    who: 'all',
    request: NoBody,
    reply: { status: 200, type: 'text/javascript; charset=utf-8' },
    errors: ['not_found'],
  },
  getWebComponentTypes: {
    method: 'GET',
    path: '/embed.d.ts',
    who: 'all',
    request: NoBody,
    reply: { status: 200, type: 'application/typescript; charset=utf-8' },
    errors: ['not_found'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
