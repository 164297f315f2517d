import { pluralOf } from './plural.ts';

const plural = pluralOf('en');

/** The English texts about running a room: hosts, who waits, room settings, and a person's own rooms. */
export const rooms = {
  host: 'Host',
  hostMark: 'host',

  /** What hosts do with one person. */
  person: {
    menu: (name: string) => `Options for ${name}`,
    mute: 'Mute microphone',
    stopCamera: 'Turn camera off',
    stopShare: 'Stop screen sharing',
    makeHost: 'Make host',
    endHost: 'No longer host',
    may: 'May use',
    maySend: { audio: 'Microphone', video: 'Camera', screen: 'Screen sharing', chat: 'Chat' },
    remove: 'Remove from call',
    block: 'Remove and block',
    removeAsked: (name: string) => `Remove ${name}?`,
    removeText: 'They leave the call at once, and can come back with the link.',
    blockAsked: (name: string) => `Remove and block ${name}?`,
    blockText: 'They leave the call at once, and can’t come back with this account.',
    cancel: 'Cancel',
  },

  /** What hosts do with everybody. */
  all: {
    title: 'Host controls',
    mute: 'Mute everyone',
    lock: 'Lock the call',
    lockHint: 'Nobody new can join.',
    waitingRoom: 'Waiting room',
    waitingRoomHint: 'You let in each person who comes.',
    settings: 'Call settings',
    end: 'End call for everyone',
    endAsked: 'End the call for everyone?',
    endText: 'Everybody leaves the call at once.',
    endConfirm: 'End call',
  },

  ending: (minutes: number) =>
    plural(minutes, { one: 'The call ends in 1 minute', other: `The call ends in ${minutes} minutes` }),

  notice: {
    allMuted: 'Everyone was asked to mute',
    nowHost: 'You are a host now',
    noHost: 'You are no longer a host',
    hostFailed: 'That didn’t work. Try again.',
    hostFull: 'The call is full. Remove somebody or raise the maximum first.',
    hostGone: 'This person has left already.',
    audioBlocked: 'The host doesn’t let you use your microphone',
    videoBlocked: 'The host doesn’t let you use your camera',
    screenBlocked: 'The host doesn’t let you share your screen',
  },

  /** Who waits, as hosts see it. */
  knocks: {
    title: (n: number) => `Waiting (${n})`,
    one: (name: string) => `${name} wants to join`,
    more: (n: number) => plural(n, { one: '1 person wants to join', other: `${n} people want to join` }),
    admit: 'Let in',
    admitOf: (name: string) => `Let in ${name}`,
    refuse: 'Turn away',
    refuseOf: (name: string) => `Turn ${name} away`,
    admitAll: 'Let everyone in',
    show: 'Show',
    people: 'In the call',
    guest: 'guest',
  },

  /** The screen of one who waits. */
  waiting: {
    title: 'Waiting to be let in',
    headline: 'Please wait: a host will let you in.',
    text: 'The hosts can see that you are here. Nobody sees or hears you yet.',
    lasted: 'Waiting for',
    nobody: 'Nobody has answered yet. Message the person who invited you, and keep this page open.',
    leave: 'Stop waiting',
    reconnecting: 'Connection lost, reconnecting… You keep your place.',
  },

  /** The fields of a room. */
  fields: {
    waitingRoom: 'Waiting room',
    waitingRoomHint: 'A host lets in each person who comes.',
    chat: 'Chat',
    chatPolicies: {
      all: 'Full history',
      since_join: 'From joining on',
      none: 'Not saved',
      off: 'No chat',
    },
    chatHints: {
      all: 'People who join later can read earlier messages.',
      since_join: 'People see only messages sent after they joined.',
      none: 'Messages reach only the people in the call. Nothing is stored.',
      off: 'Nobody can write messages.',
    },
    keep: 'Keep this call',
    keepHint: 'The link works again at any time.',
    keepGuest: 'The link works for a day after the last person has left. Sign in to keep it.',
    relayOnly: 'Hide IP addresses',
    relayOnlyHint: 'Video and audio pass through the server, so people don’t see each other’s addresses.',
    passwordNew: 'New password',
    passwordSet: 'This call has a password. Leave the field empty to keep it.',
    passwordRemove: 'Remove the password',
    save: 'Save',
    saving: 'Saving…',
  },

  /** Links that let in whoever has one, as hosts make them. */
  invitations: {
    title: 'Invitation links',
    text: 'An invitation link lets people in without the password. You decide what they may do.',
    make: 'New invitation link',
    loading: 'Loading invitation links…',
    none: 'There are no invitation links yet.',
    newTitle: 'New invitation link',
    asHost: 'Make them hosts',
    asHostHint: 'They get the same controls as you.',
    skipKnock: 'Skip the waiting room',
    skipKnockHint: 'They come in at once.',
    may: 'May use',
    uses: 'How many people can use it',
    anyUses: 'Any number',
    lasting: 'How long it works',
    lastings: { hour: '1 hour', day: '1 day', week: '1 week', month: '30 days', ever: 'Until you revoke it' },
    create: 'Create link',
    made: 'Your new link',
    onceHint: 'Copy it now: for safety it is shown only once.',
    copyFailed: 'The link could not be copied. Select it and copy it yourself.',
    forHost: 'For hosts',
    forGuest: 'For participants',
    usedBy: (n: number) =>
      plural(n, { zero: 'Not used yet', one: 'Used by 1 person', other: `Used by ${n} people` }),
    usedOf: (n: number, of: number) => `Used by ${n} of ${of}`,
    usedUp: 'used up',
    noWait: 'no waiting room',
    waits: 'through the waiting room',
    without: (kinds: string) => `without: ${kinds}`,
    expires: (when: string) => `works until ${when}`,
    neverExpires: 'no end date',
    created: (when: string) => `Created ${when}`,
    revoke: 'Revoke',
    revokeAsked: 'Revoke this invitation link?',
    revokeText: 'Nobody can use it any more. People who came in with it stay.',
  },

  /** Who is blocked from a room. */
  bans: {
    title: 'Blocked people',
    loading: 'Loading blocked people…',
    none: 'Nobody is blocked.',
    since: (when: string) => `Blocked ${when}`,
    lift: 'Unblock',
    liftOf: (name: string) => `Unblock ${name}`,
    lifted: (name: string) => `${name} can join again`,
  },

  /** The rooms of a person who is signed in. */
  mine: {
    title: 'My calls',
    loading: 'Loading your calls…',
    none: 'Calls that you start are listed here.',
    untitled: 'Untitled call',
    open: 'Open',
    openOf: (name: string) => `Open ${name}`,
    options: (name: string) => `Options for ${name}`,
    copyLink: 'Copy link',
    copied: 'Link copied',
    copyFailed: 'The link could not be copied. Open the call and copy it from the address bar.',
    rename: 'Rename',
    renameTitle: 'Rename this call',
    settings: 'Settings',
    past: 'Past calls',
    pastOf: (name: string) => `Past calls: ${name}`,
    remove: 'Delete',
    removeAsked: (name: string) => `Delete ${name}?`,
    removeText: 'Its link stops working, and whoever is inside leaves. This can’t be undone.',
    removed: 'The call was deleted',
    inside: (n: number) =>
      plural(n, { zero: 'Nobody inside', one: '1 person inside', other: `${n} people inside` }),
    kept: 'kept',
    locked: 'locked',
    created: (when: string) => `created ${when}`,
    justNow: 'just now',
    more: 'Show more',
  },

  pastCalls: {
    loading: 'Loading past calls…',
    none: 'Nobody has met here in the last 90 days.',
    lasted: (time: string) => `Lasted ${time}`,
    peak: (n: number) => plural(n, { one: '1 person', other: `up to ${n} people at once` }),
    deleted: 'Deleted account',
  },
};
