import * as v from 'valibot';
import { BODY_ERRORS, type Endpoint, NoBody, TOKEN_ERRORS } from './endpoint.ts';
import { KnockItem, OwnKnock } from './knock-events.ts';
import { WholeListQuery } from './pages.ts';

/** Comes whole [HT4]. */
export const KnocksReply = v.object({ items: v.array(KnockItem), nextCursor: v.null() });
/** Of a join that has to wait for a host [KN1]. */
export const JoinKnockReply = v.object({ knock: OwnKnock });
export const AnswerKnockRequest = v.object({ admit: v.boolean() });

const HOSTS = {
  who: 'host',
  roomToken: 'in_its_room',
  errors: [...TOKEN_ERRORS, 'room_not_found', 'forbidden'],
} as const;

/** What hosts do over HTTP about those who wait [KN3]. */
export const KNOCK_ENDPOINTS = {
  listKnocks: {
    ...HOSTS,
    method: 'GET',
    path: '/rooms/:roomId/knocks',
    query: WholeListQuery,
    request: NoBody,
    reply: { status: 200, body: KnocksReply },
  },
  answerKnock: {
    ...HOSTS,
    method: 'POST',
    path: '/rooms/:roomId/knocks/:knockId',
    request: AnswerKnockRequest,
    reply: { status: 204 },
    errors: [...HOSTS.errors, ...BODY_ERRORS, 'not_found', 'room_not_open', 'room_full', 'rate_limited'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
