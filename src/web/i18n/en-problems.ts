/** Problems in English: the title says what is wrong, the text what to do. */
export const problems = {
  trouble: {
    bothDenied: {
      title: 'Your camera and microphone are blocked',
      text: 'Click the camera icon next to the address, choose Allow, then try again.',
    },
    notAllowed: (words: string) => ({
      title: 'This site withholds your camera or microphone',
      text: `The frame that shows the call lacks allow="${words}". Tell the people who run this site.`,
    }),
    bothMissing: {
      title: 'No camera or microphone found',
      text: 'Connect them, and they will appear here.',
    },
    cameraDenied: {
      title: 'Your camera is blocked',
      text: 'Click the camera icon next to the address, choose Allow, then try again.',
    },
    cameraMissing: {
      title: 'No camera found',
      text: 'Connect one, and it will appear here.',
    },
    cameraBusy: {
      title: 'Another program is using your camera',
      text: 'Close that program, then try again.',
    },
    cameraFailed: {
      title: 'The camera did not start',
      text: 'Choose another one, or plug it in again.',
    },
    cameraUnsuitable: {
      title: 'This camera can’t be used in a call',
      text: 'It doesn’t provide the kind of video that calls need. Choose another one.',
    },
    microphoneDenied: {
      title: 'Your microphone is blocked',
      text: 'Click the microphone icon next to the address, choose Allow, then try again. Until then, nobody can hear you.',
    },
    microphoneMissing: {
      title: 'No microphone found',
      text: 'Connect one, and it will appear here. Until then, nobody can hear you.',
    },
    microphoneBusy: {
      title: 'Another program is using your microphone',
      text: 'Close that program, then try again. Until then, nobody can hear you.',
    },
    microphoneFailed: {
      title: 'The microphone did not start',
      text: 'Choose another one, or plug it in again. Until then, nobody can hear you.',
    },
    microphoneUnsuitable: {
      title: 'This microphone can’t be used in a call',
      text: 'It doesn’t provide the kind of audio that calls need. Choose another one. Until then, nobody can hear you.',
    },
    insecure: {
      title: 'Camera and microphone need a secure page',
      text: 'Browsers allow them only on pages opened over HTTPS.',
    },
  },

  /** Appended to a trouble's text in the lobby. */
  instead: {
    watch: 'Or join now to watch and listen.',
    soundOnly: 'Or join with audio only.',
  },

  failure: {
    room_full: {
      title: 'This call is full',
      text: 'Wait until somebody leaves, then try again.',
    },
    room_locked: {
      title: 'This call is locked',
      text: 'Ask the host to unlock it, then try again.',
    },
    room_not_open: {
      title: 'This call isn’t open now',
      text: 'It opens at a set time, or that time is over. Ask the person who invited you.',
    },
    knock_refused: {
      title: 'The host didn’t let you in',
      text: 'If that was a mistake, message the person who invited you. You can ask again in a moment.',
    },
    knock_unanswered: {
      title: 'Nobody let you in',
      text: 'No host answered for 10 minutes. Message the person who invited you, then ask again.',
    },
    no_relay: {
      title: 'This server can’t hide addresses',
      text: 'It has no relay. Turn this option off, or ask whoever runs the server.',
    },
    banned: {
      title: 'You can’t join this call',
      text: 'The host has blocked you.',
    },
    forbidden: {
      title: 'You can’t join this call',
      text: 'Your invitation doesn’t open this call: it may have expired, be used up, or be for another call. Ask for a new link.',
    },
    limit_reached: {
      title: 'There are too many already',
      text: 'Remove some that aren’t needed any more, then try again.',
    },
    too_many_sessions: {
      title: 'You are in too many calls at once',
      text: 'Close some of the tabs with calls, then try again.',
    },
    unsupported: {
      title: 'This browser can’t make calls',
      text: 'WebRTC is missing or switched off, for example by Lockdown Mode or an extension. Turn it on, or use another browser.',
    },
    unauthorized: {
      title: 'You were signed out',
      text: 'Sign in again, or try again as a guest.',
    },
    refusedToSite: {
      title: 'This site couldn’t let you in',
      text: 'Reload the page. If that doesn’t help, ask those who run this site.',
    },
    guests_off: {
      title: 'You need an account here',
      text: 'On this server, only people with an account can start and join calls. Sign in first.',
    },
    room_creation_off: {
      title: 'You can’t start calls on this server',
      text: 'Ask for a link to a call, or sign in with an account that may start them.',
    },
    already_registered: {
      title: 'You are already registered',
      text: 'Sign in with the e-mail address and the password of your account.',
    },
    access_denied: {
      title: 'You weren’t signed in',
      text: 'The sign-in was cancelled or refused. Try again, or use another account.',
    },
    sign_in_expired: {
      title: 'The sign-in took too long',
      text: 'Sign in again.',
    },
    invalid_code: {
      title: 'The sign-in took too long',
      text: 'Sign in again.',
    },
    provider_failed: {
      title: 'The sign-in service doesn’t answer',
      text: 'Try again in a few minutes.',
    },
    unavailable: {
      title: 'The server can’t do that right now',
      text: 'Try again in a few minutes.',
    },
    network: {
      title: 'The server can’t be reached',
      text: 'Check your internet connection, then try again.',
    },
    unknown: {
      title: 'That didn’t work',
      text: 'Something went wrong. Try again.',
    },
    rateLimited: (wait: string) => ({
      title: 'Too many attempts',
      text: `Wait ${wait}, then try again.`,
    }),
  },
};
