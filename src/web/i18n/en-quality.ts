/** The English texts about how good the connections of a call are, and about what this person sends. */
export const quality = {
  title: { good: 'Good connection', fair: 'Fair connection', poor: 'Poor connection' },
  mark: { good: 'good connection', fair: 'fair connection', poor: 'poor connection' },
  cameraHeld: 'Video paused: their connection is slow',
  screenHeld: 'Screen paused: their connection is slow',
  advice: {
    soundOnly: 'Your connection is slow. Send only sound?',
    move: 'Your connection is slow. It may be better closer to the Wi-Fi router.',
    isSoundOnly: 'Only your sound is being sent.',
  },
  soundOnly: 'Sound only',
  sendPictures: 'Send video too',
  dismiss: 'Dismiss',
  sending: 'What you send',
  limits: {
    auto: { name: 'Automatic', text: 'As much as your connection allows.' },
    1000000: { name: 'Up to 1 Mbit/s', text: 'Smaller video.' },
    500000: { name: 'Up to 500 kbit/s', text: 'Small video, saves data.' },
    sound: { name: 'Sound only', text: 'The others hear you, but don’t see you or your screen.' },
  },
};
