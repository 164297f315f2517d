/** Hertz and seconds of the tone: an A that every speaker plays, long enough to look for the volume. */
const PITCH = 440;
const SECONDS = 1.5;
/** Loudness, 0 to 1. */
const VOLUME = 0.2;
/** Seconds in which it fades in and out, so that it doesn't crack. */
const FADE = 0.05;
/** Milliseconds after which it counts as over, if the browser never says so. */
const GIVE_UP_MS = 4_000;

/**
 * Plays a tone; resolves when it is over. Through a media element, because not every browser sends Web Audio to a chosen speaker.
 * @param speakerId '' for the system's
 */
export async function playTone(speakerId: string): Promise<void> {
  const context = new AudioContext();
  const player = new Audio();
  try {
    const output = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: PITCH });
    const volume = new GainNode(context, { gain: 0 });
    const begin = context.currentTime;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(VOLUME, begin + FADE);
    volume.gain.setValueAtTime(VOLUME, begin + SECONDS - FADE);
    volume.gain.linearRampToValueAtTime(0, begin + SECONDS);
    tone.connect(volume).connect(output);
    player.srcObject = output.stream;
    if (speakerId !== '' && 'setSinkId' in player) await player.setSinkId(speakerId).catch(() => {});
    tone.start(begin);
    tone.stop(begin + SECONDS);
    const ended = new Promise<void>((resolve) => {
      tone.onended = () => resolve();
      setTimeout(resolve, GIVE_UP_MS);
    });
    // A browser without an output may answer neither.
    context.resume().catch(() => {});
    player.play().catch(() => {});
    await ended;
  } finally {
    player.srcObject = null;
    await context.close();
  }
}
