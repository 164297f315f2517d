import { BODY_ERRORS, type Endpoint, NoBody, TOKEN_ERRORS } from './endpoint.ts';
import {
  DeleteUserRequest,
  FullUserReply,
  ProfileRequest,
  SeenUserReply,
  StatusRequest,
  UsersQuery,
  UsersReply,
} from './users.ts';

const EDIT = {
  path: '/users/:id',
  who: 'self_or_admin',
  request: ProfileRequest,
  reply: { status: 200, body: FullUserReply },
  errors: [
    ...TOKEN_ERRORS,
    ...BODY_ERRORS,
    'forbidden',
    'user_not_found',
    'username_taken',
    'precondition_failed',
    'rate_limited',
  ],
} as const;

/** Users and their profiles. */
export const USER_ENDPOINTS = {
  listUsers: {
    method: 'GET',
    path: '/users',
    who: 'user',
    query: UsersQuery,
    request: NoBody,
    reply: { status: 200, body: UsersReply },
    errors: [...TOKEN_ERRORS, 'forbidden'],
  },
  getUser: {
    method: 'GET',
    path: '/users/:id',
    who: 'user',
    request: NoBody,
    reply: { status: 200, body: SeenUserReply },
    errors: [...TOKEN_ERRORS, 'forbidden', 'user_not_found'],
  },
  editUser: { ...EDIT, method: 'PATCH' },
  /** For clients without PATCH; the same. */
  putUser: { ...EDIT, method: 'PUT' },
  deleteUser: {
    method: 'DELETE',
    path: '/users/:id',
    who: 'self_or_admin',
    request: DeleteUserRequest,
    reply: { status: 204 },
    errors: [
      ...TOKEN_ERRORS,
      ...BODY_ERRORS,
      'forbidden',
      'wrong_password',
      'user_not_found',
      'rate_limited',
    ],
  },
  setStatus: {
    method: 'PUT',
    path: '/users/:id/status',
    who: 'self',
    request: StatusRequest,
    reply: { status: 200, body: FullUserReply },
    errors: [...TOKEN_ERRORS, ...BODY_ERRORS, 'forbidden', 'user_not_found', 'rate_limited'],
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
