import { messageOf, ParleyError } from './errors.ts';

/** Refusals that several parts give, over HTTP and WebSocket, so that each has one wording [HT2]. */

/** Returns the refusal of a token that is valid in another room only [TK4]. */
export function oneRoomOnly(): ParleyError {
  return new ParleyError(
    'forbidden',
    'This access token is for one room only. Use it there, or a token without a `room` claim here.',
  );
}

/** Returns the refusal of a token for a room from which its user was put out after the token was issued [TK4]. */
export function putOutSince(): ParleyError {
  return new ParleyError(
    'forbidden',
    'You were put out of this room after this access token was issued. Ask whoever gave it to you for a new one.',
  );
}

/** Returns the refusal of a request for a room that doesn't exist, or no longer. */
export function noSuchRoom(): ParleyError {
  return new ParleyError('room_not_found', 'There is no such room. Check the link, or create a room.');
}

/** Returns the refusal of a new room under an id that a room has already. */
export function roomExists(): ParleyError {
  return new ParleyError(
    'room_exists',
    'A room with this id exists already. Use it, or create one with another id.',
  );
}

/** Returns the refusal of a join by a user whom the room's host has banned [RM6]. */
export function banned(): ParleyError {
  return new ParleyError(
    'banned',
    'The host has banned you from this room. Ask the host, or join another room.',
  );
}

/** Returns the refusal of what only a host of the room may do [RM6]. */
export function hostsOnly(): ParleyError {
  return new ParleyError('forbidden', 'Only a host of this room may do this. Ask one.');
}

/** Returns the answer to somebody whom a host didn't let in [KN3]. @param retryAfterMs until the user may knock again */
export function knockRefused(retryAfterMs: number): ParleyError {
  return new ParleyError(
    'knock_refused',
    `A host didn't let you in. You can ask again in ${Math.ceil(retryAfterMs / 1_000)} s.`,
    { retryAfterMs },
  );
}

/** Returns the refusal of an answer to a knock that is over, or never was [KN3]. */
export function noSuchKnock(): ParleyError {
  return new ParleyError(
    'not_found',
    'Nobody waits by this id. The knock was answered or has ended: look at the newest list.',
  );
}

/** Returns the refusal of what only an admin may do. */
export function adminsOnly(): ParleyError {
  return new ParleyError(
    'forbidden',
    'Only an admin may do this. Sign in as one; on the server, `parley admin create <e-mail address>` makes one.',
  );
}

/** Returns the refusal of what only a backend may do. */
export function servicesOnly(): ParleyError {
  return new ParleyError(
    'forbidden',
    'Only a backend may do this. Use a token with the role `service`: `parley token --service --sub <id>` makes one.',
  );
}

/** Returns the refusal of a change to another user's account. */
export function oneselfOnly(): ParleyError {
  return new ParleyError('forbidden', 'You can change only your own account. GET /auth/me tells your id.');
}

/** Returns the refusal of what guests may not do. */
export function notForGuests(): ParleyError {
  return new ParleyError('forbidden', 'Guests may not do this. Register, or sign in with an account.');
}

/** Returns the refusal of a request for a user who doesn't exist, or no longer. */
export function noSuchUser(): ParleyError {
  return new ParleyError('user_not_found', 'There is no such user. Check the id.');
}

/** Returns the refusal of a join by a session that is in a room already. */
export function alreadyInRoom(): ParleyError {
  return new ParleyError('already_in_room', 'Leave the room that you are in first.');
}

/** Returns the refusal of a request that only a participant can make. */
export function notInRoom(): ParleyError {
  return new ParleyError('not_in_room', 'Join a room first.');
}

/** Returns the refusal of a message to a peer that has left, or that its sender may not know of [CA4]. */
export function peerGone(): ParleyError {
  return new ParleyError('peer_gone', 'This peer has left, or is in another room. Choose one in your room.');
}

/** Returns the refusal of new work by a server that is draining [SE8]. */
export function restarting(): ParleyError {
  return new ParleyError('unavailable', 'The server is about to restart. Come back shortly.');
}

/** Returns the answer to a request that failed with an unexpected error, whose message may reveal internals. */
export function failed(thrown: unknown): ParleyError {
  return new ParleyError('internal', 'The server failed to handle this request. Try again later.', {
    cause: messageOf(thrown),
  });
}

/** @param expiresAt ISO 8601 */
export function roomIsOver(expiresAt: string): ParleyError {
  return new ParleyError(
    'room_not_open',
    `This room took its last newcomers at ${expiresAt}. Ask a host for another time.`,
  );
}
