import {
  CreateBackupReply,
  DeliveriesQuery,
  DeliveriesReply,
  EndpointsReply,
  KeysReply,
  LimitsReply,
  LiveRoomsReply,
  ResetLinkReply,
  RoleRequest,
  RotateKeysReply,
  ServerStatusReply,
} from './admin-bodies.ts';
import { LoginsReply } from './bodies.ts';
import { BODY_ERRORS, type Endpoint, NoBody, RECEIVING_ERRORS, TOKEN_ERRORS } from './endpoint.ts';
import { PageQuery, WholeListQuery } from './pages.ts';
import { FullUserReply } from './users.ts';

const READ = { method: 'GET', who: 'admin', request: NoBody } as const;
const READ_ERRORS = [...TOKEN_ERRORS, 'forbidden'] as const;
/** An action without a body. */
const ACT = { method: 'POST', who: 'admin', request: NoBody } as const;
const ACT_ERRORS = [...READ_ERRORS, ...RECEIVING_ERRORS] as const;
const LOGINS = { path: '/users/:id/logins', who: 'admin', request: NoBody } as const;

/** What admins see of the server, and do to it and to its users [AD1]–[AD7]. */
export const ADMIN_ENDPOINTS = {
  getServerStatus: {
    ...READ,
    path: '/admin/status',
    reply: { status: 200, body: ServerStatusReply },
    errors: READ_ERRORS,
  },
  /** Rooms with somebody inside, and who that is. */
  listLiveRooms: {
    ...READ,
    path: '/admin/rooms',
    query: PageQuery,
    reply: { status: 200, body: LiveRoomsReply },
    errors: READ_ERRORS,
  },
  setRole: {
    method: 'PUT',
    path: '/users/:id/role',
    who: 'admin',
    request: RoleRequest,
    reply: { status: 200, body: FullUserReply },
    errors: [...READ_ERRORS, ...BODY_ERRORS, 'user_not_found', 'last_admin'],
  },
  /** Where another user is signed in; whole. */
  listUserLogins: {
    ...LOGINS,
    method: 'GET',
    query: WholeListQuery,
    reply: { status: 200, body: LoginsReply },
    errors: [...READ_ERRORS, 'user_not_found'],
  },
  endUserLogins: {
    ...LOGINS,
    method: 'DELETE',
    reply: { status: 204 },
    errors: [...ACT_ERRORS, 'user_not_found'],
  },
  endUserLogin: {
    ...LOGINS,
    method: 'DELETE',
    path: '/users/:id/logins/:loginId',
    reply: { status: 204 },
    errors: [...ACT_ERRORS, 'user_not_found', 'not_found'],
  },
  /** A link by which the user sets a new password. */
  createResetLink: {
    ...ACT,
    path: '/users/:id/reset-link',
    reply: { status: 201, body: ResetLinkReply },
    errors: [...ACT_ERRORS, 'user_not_found'],
  },
  listDeliveries: {
    ...READ,
    path: '/admin/webhooks',
    query: DeliveriesQuery,
    reply: { status: 200, body: DeliveriesReply },
    errors: READ_ERRORS,
  },
  /** Lets an event be sent to all endpoints again. */
  resendEvent: {
    ...ACT,
    path: '/admin/webhooks/:id/resend',
    reply: { status: 202, body: EndpointsReply },
    errors: [...ACT_ERRORS, 'not_found'],
  },
  /** Takes stopped endpoints up again. */
  resumeWebhooks: {
    ...ACT,
    path: '/admin/webhooks/resume',
    reply: { status: 200, body: EndpointsReply },
    errors: ACT_ERRORS,
  },
  listLimits: {
    ...READ,
    path: '/admin/limits',
    query: WholeListQuery,
    reply: { status: 200, body: LimitsReply },
    errors: READ_ERRORS,
  },
  listKeys: {
    ...READ,
    path: '/admin/keys',
    query: WholeListQuery,
    reply: { status: 200, body: KeysReply },
    errors: READ_ERRORS,
  },
  rotateKeys: {
    ...ACT,
    path: '/admin/keys',
    reply: { status: 201, body: RotateKeysReply },
    errors: [...ACT_ERRORS, 'shared_secret', 'limit_reached'],
  },
  createBackup: {
    ...ACT,
    path: '/admin/backup',
    reply: { status: 201, body: CreateBackupReply },
    errors: ACT_ERRORS,
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
