import { BODY_ERRORS, type Endpoint, NoBody, RECEIVING_ERRORS, TOKEN_ERRORS } from './endpoint.ts';
import {
  BansReply,
  CreateInvitationReply,
  InvitationRequest,
  InvitationsReply,
  KickQuery,
  ParticipantReply,
  ParticipantRequest,
} from './host-bodies.ts';
import { WholeListQuery } from './pages.ts';

const HOST = { who: 'host', roomToken: 'in_its_room' } as const;
const HOST_ERRORS = [...TOKEN_ERRORS, 'room_not_found', 'forbidden'] as const;

/** What hosts do to a room and to those inside [RM6]. */
export const HOST_ENDPOINTS = {
  updateParticipant: {
    ...HOST,
    method: 'PATCH',
    path: '/rooms/:roomId/participants/:peerId',
    request: ParticipantRequest,
    reply: { status: 200, body: ParticipantReply },
    errors: [...HOST_ERRORS, ...BODY_ERRORS, 'peer_gone', 'limit_reached'],
  },
  kickParticipant: {
    ...HOST,
    method: 'DELETE',
    path: '/rooms/:roomId/participants/:peerId',
    query: KickQuery,
    request: NoBody,
    reply: { status: 204 },
    errors: [...HOST_ERRORS, ...RECEIVING_ERRORS, 'peer_gone', 'limit_reached'],
  },
  listBans: {
    ...HOST,
    method: 'GET',
    path: '/rooms/:roomId/bans',
    query: WholeListQuery,
    request: NoBody,
    reply: { status: 200, body: BansReply },
    errors: HOST_ERRORS,
  },
  liftBan: {
    ...HOST,
    method: 'DELETE',
    path: '/rooms/:roomId/bans/:userId',
    request: NoBody,
    reply: { status: 204 },
    errors: [...HOST_ERRORS, ...RECEIVING_ERRORS, 'not_found'],
  },
  /** Invitations into a room; they come whole. */
  listInvitations: {
    ...HOST,
    method: 'GET',
    path: '/rooms/:roomId/invitations',
    query: WholeListQuery,
    request: NoBody,
    reply: { status: 200, body: InvitationsReply },
    errors: HOST_ERRORS,
  },
  createInvitation: {
    ...HOST,
    method: 'POST',
    path: '/rooms/:roomId/invitations',
    request: InvitationRequest,
    reply: { status: 201, body: CreateInvitationReply },
    errors: [...HOST_ERRORS, ...BODY_ERRORS, 'limit_reached'],
  },
  deleteInvitation: {
    ...HOST,
    method: 'DELETE',
    path: '/rooms/:roomId/invitations/:id',
    request: NoBody,
    reply: { status: 204 },
    errors: [...HOST_ERRORS, ...RECEIVING_ERRORS, 'not_found'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
