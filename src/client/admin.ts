import * as v from 'valibot';
import {
  CreateBackupReply,
  DeliveriesReply,
  EndpointsReply,
  KeysReply,
  LimitsReply,
  LiveRoomsReply,
  ResetLinkReply,
  RotateKeysReply,
  ServerStatusReply,
} from '../protocol/admin-bodies.ts';
import { CreateInviteReply, InvitesReply, LoginsReply } from '../protocol/bodies.ts';
import type { EndpointLine } from '../protocol/endpoint-types.ts';
import { DeleteRoomReply } from '../protocol/room-bodies.ts';
import { FullUserReply, SeenUserReply, UsersReply } from '../protocol/users.ts';
import type { Acting } from './account-types.ts';
import { type ReplyTo, type RequestTo, send, withToken } from './http.ts';

/** Sends one request with the account's token. */
type AdminRequest<Line extends EndpointLine, Reply> = (
  account: Acting,
  request?: Omit<RequestTo<Line>, 'token'>,
) => Promise<Reply>;

/** @param reply the schema of the reply, which the table of endpoints names; any if it has no content */
function asking<Line extends EndpointLine, Schema extends v.GenericSchema>(
  line: Line,
  reply: Schema & ReplyTo<Line>,
): AdminRequest<Line, v.InferOutput<Schema>> {
  return (account, request = {}) =>
    withToken(account, (token) => send(account.baseUrl, line, reply, { ...request, token }), request.signal);
}

/** Of a reply without content. */
const Nothing = v.unknown();

/**
 * What the admins' console asks of the server. Its page alone loads this: the SDK doesn't have it. Each rejects with a
 * ParleyClientError with the server's code, `network` or `timeout`.
 */
export const admin = Object.freeze({
  status: asking('GET /admin/status', ServerStatusReply),
  backUp: asking('POST /admin/backup', CreateBackupReply),
  rooms: asking('GET /admin/rooms', LiveRoomsReply),
  endRoom: asking('DELETE /rooms/:roomId', DeleteRoomReply),
  kick: asking('DELETE /rooms/:roomId/participants/:peerId', Nothing),
  users: asking('GET /users', UsersReply),
  user: asking('GET /users/:id', SeenUserReply),
  deleteUser: asking('DELETE /users/:id', Nothing),
  setRole: asking('PUT /users/:id/role', FullUserReply),
  logins: asking('GET /users/:id/logins', LoginsReply),
  endLogins: asking('DELETE /users/:id/logins', Nothing),
  endLogin: asking('DELETE /users/:id/logins/:loginId', Nothing),
  resetLink: asking('POST /users/:id/reset-link', ResetLinkReply),
  invites: asking('GET /invites', InvitesReply),
  createInvite: asking('POST /invites', CreateInviteReply),
  deleteInvite: asking('DELETE /invites/:id', Nothing),
  deliveries: asking('GET /admin/webhooks', DeliveriesReply),
  resend: asking('POST /admin/webhooks/:id/resend', EndpointsReply),
  resume: asking('POST /admin/webhooks/resume', EndpointsReply),
  limits: asking('GET /admin/limits', LimitsReply),
  keys: asking('GET /admin/keys', KeysReply),
  rotateKeys: asking('POST /admin/keys', RotateKeysReply),
});

export type {
  BackupReport,
  CertificateReport,
  DeliveriesReply as Deliveries,
  Delivery,
  DoctorReport,
  KeyItem,
  LimitItem,
  LiveRoomItem,
  ServerStatus,
} from '../protocol/admin-bodies.ts';
export type { LoginEntry, RegistrationInvite } from '../protocol/bodies.ts';
export type { SeenUser } from '../protocol/users.ts';
