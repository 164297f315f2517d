/**
 * Limits that clients run into, by the names that operators see: `parley_throttled_total{limit}` and GET `/admin/limits`. A
 * name stays as it is once it is released.
 */
export const LIMIT_NAMES = [
  /** Tries to sign in, of one network: `SIGN_INS_PER_MINUTE`, and starts at the OpenID provider. */
  'sign_ins',
  /** New guests of one network: `GUESTS_PER_MINUTE`. */
  'guests',
  /** Answers that were delayed after wrong passwords at an account [AC2]. */
  'password_guesses',
  /** Passwords that wait to be hashed. */
  'password_hashes',
  /** Uses of a login's refresh tokens [TK5]. */
  'refreshes',
  /** Changes of a user's profile. */
  'profile_changes',
  /** Invitations to register. */
  'invites',
  /** Live sessions of one user: `SESSIONS_PER_USER`. */
  'sessions_per_user',
  /** Connections whose access token is still being verified, and what they send meanwhile. */
  'unverified_connections',
  /** WebSocket messages of one session: `MESSAGES_PER_SECOND`. */
  'messages',
  /** WebSocket messages that wait for the answer to an earlier one. */
  'messages_waiting',
  /** Bytes of a WebSocket message [WS3]. */
  'message_bytes',
  /** Rooms that a user creates in a minute [RM5]. */
  'new_rooms',
  /** Rooms that a user owns [RM5]. */
  'rooms_owned',
  /** Changes of rooms [RM5]. */
  'room_changes',
  /** Passwords that a user gives to rooms [RM5]. */
  'new_room_passwords',
  /** Wrong room passwords [RM7]. */
  'room_passwords',
  /** Users who are banned from one room [RM6]. */
  'room_bans',
  /** Users with rights of their own in one room [RM6]. */
  'room_rights',
  /** Invitations to one room. */
  'room_invitations',
  /** People who wait to be let in [KN4]. */
  'knocks',
  /** Places that are held for those who come over HTTP [RM8]. */
  'held_places',
  /** Users whom backends have added to rooms. */
  'added_users',
  /** Changes of chats by one user over HTTP [CH1]. */
  'chat',
  /** Chat messages that wait to be stored. */
  'chat_waiting',
  /** Messages of one room whose new reactions wait to be told [CH2]. */
  'reactions',
  /** Bytes of an HTTP request's body [HT5]. */
  'body',
  /** Bytes of all bodies that are being received. */
  'bodies_waiting',
  /** Events that wait for one webhook endpoint, which is stopped then [CT5]. */
  'webhooks_waiting',
  /** Answers of the TURN relay to strangers, which are left out. */
  'turn_strangers',
  /** Credentials for the test of the network. */
  'ice_test',
] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];
