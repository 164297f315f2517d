import { pluralOf } from './plural.ts';

const plural = pluralOf('en');

/** The texts of the console's shorter sections in English: invitations, webhooks, limits, keys. */
export const limits = {
  invitations: {
    intro: 'Links by which people register.',
    open: 'Anybody can register here, so nobody needs an invitation. To change that, set REGISTRATION=invite.',
    closed:
      'Registration is closed, so invitations don’t work now. To let invited people register, set REGISTRATION=invite.',
    revokeText: 'Nobody can register with this link any more. Accounts that were made with it stay.',
    revoked: 'The invitation was revoked',
    none: 'There are no invitations',
    noneText: 'Make one, and send its link to the person whom you invite.',
    usedBy: (n: number) => plural(n, { zero: 'not used yet', one: 'used once', other: `used ${n} times` }),
    uses: 'How many people can register',
    created: (when: string) => `made ${when}`,
    expires: (when: string) => `expires ${when}`,
    expired: 'expired',
    forAny: 'For any number of people',
    forSome: (n: number) => plural(n, { one: 'For 1 person', other: `For ${n} people` }),
  },

  webhooks: {
    intro: 'What backends are told, and whether they have got it.',
    loading: 'Looking for deliveries…',
    off: 'No webhook is set up',
    offText: 'To tell a backend what happens here, set WEBHOOK_URLS and WEBHOOK_SECRET.',
    endpoints: 'Endpoints',
    working: 'Active',
    waiting: (n: number) =>
      plural(n, { zero: 'nothing waits', one: '1 event waits', other: `${n} events wait` }),
    stopped: 'Stopped',
    stoppedWhen: (when: string) => `stopped ${when}`,
    because: {
      gone: 'It answered 410: it wants no more events.',
      full: 'Too many events waited for it.',
    },
    resume: 'Resume stopped endpoints',
    resumeText: 'What waits for them is sent now. What happened while they were stopped is not.',
    resumed: (n: number) =>
      plural(n, {
        zero: 'None was stopped',
        one: '1 endpoint gets events again',
        other: `${n} endpoints get events again`,
      }),
    deliveries: 'Deliveries',
    state: 'Show',
    states: { all: 'All', waiting: 'Waiting', delivered: 'Delivered', dropped: 'Given up' },
    none: 'No deliveries yet',
    noneText: 'Events appear here as they happen.',
    noneOf: 'None of these',
    noneOfText: 'Choose another state to see others.',
    tries: (n: number) => plural(n, { zero: 'not tried yet', one: '1 try', other: `${n} tries` }),
    tried: (when: string) => `last ${when}`,
    resend: 'Send again',
    resendOf: (type: string, when: string) => `Send again: ${type}, ${when}`,
    resent: (n: number) =>
      plural(n, { one: 'It is sent to 1 endpoint again', other: `It is sent to ${n} endpoints again` }),
  },

  limits: {
    intro: 'Limits that clients ran into since the server started.',
    loading: 'Looking…',
    none: 'Nobody has run into a limit',
    noneText: 'If somebody is slowed down or refused, you see it here.',
    times: (n: number) => plural(n, { one: 'once', other: `${n} times` }),
    last: (when: string) => `last ${when}`,
    /** What each limit is about. Those of a later server have only their name. */
    names: {
      sign_ins:
        'Sign-ins from one network. If a class or an office sits behind it, raise SIGN_INS_PER_MINUTE.',
      guests: 'New guests from one network. If a class or an office sits behind it, raise GUESTS_PER_MINUTE.',
      password_guesses: 'Wrong passwords for one account. Somebody may be guessing.',
      password_hashes: 'Passwords waiting to be checked. The server is short of processor time.',
      refreshes: 'Renewals of one sign-in. A client may be in a loop.',
      profile_changes: 'Changes of one profile.',
      invites: 'Invitations to register.',
      sessions_per_user: 'Connections of one user. If people have that many tabs, raise SESSIONS_PER_USER.',
      unverified_connections: 'Connections that were not yet signed in.',
      messages: 'Messages of one connection per second. A client may be in a loop.',
      messages_waiting: 'Messages that waited for an answer.',
      message_bytes: 'The size of one message.',
      new_rooms: 'Calls that one user created in a minute.',
      rooms_owned: 'Calls that one user keeps.',
      room_changes: 'Changes of call settings.',
      new_room_passwords: 'Passwords that one user set for calls.',
      room_passwords: 'Wrong passwords of calls. Somebody may be guessing.',
      room_bans: 'People blocked from one call.',
      room_rights: 'People with rights of their own in one call.',
      room_invitations: 'Invitations to one call.',
      knocks: 'People waiting to be let in.',
      held_places: 'Places held for people who are on their way.',
      added_users: 'People whom backends added to calls.',
      chat: 'Chat changes of one user.',
      chat_waiting: 'Chat messages waiting to be stored. The disk may be slow.',
      reactions: 'Reactions to chat messages in one call.',
      body: 'The size of one request.',
      bodies_waiting: 'Requests being received at once.',
      webhooks_waiting: 'Events waiting for a webhook endpoint. See the section Webhooks.',
      turn_strangers: 'Packets of strangers to the relay.',
      ice_test: 'Network tests from one address.',
    },
  },

  keys: {
    intro: 'Keys that sign the access tokens. Their secret parts never leave the server.',
    loading: 'Looking…',
    none: 'The server has no keys of its own',
    noneText: 'It signs with JWT_SECRET. Change that setting to replace the secret.',
    current: 'in use',
    created: (when: string) => `made ${when}`,
    retired: (when: string) => `replaced ${when}`,
    rotate: 'Replace the key',
    rotateAsked: 'Replace the key?',
    rotateText:
      'New tokens are signed with a new key. Tokens of the old one work until they expire, so nobody is signed out. Backends that keep a copy of the public keys must fetch it again.',
    rotated: 'There is a new key',
  },
};
