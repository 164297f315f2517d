import { type ParameterSender, setSenderParameters } from './sender-parameters.ts';
import type { Sending } from './steady.ts';

/** Bitrates are powers of this: a smaller difference isn't worth a call of the browser's. */
const BITS_GRID = 1.05;

/** What each sender was last given. */
const applied = new WeakMap<ParameterSender, string>();

/** Gives a sender its size, frame rate and bitrate, if they are other than before. What fails is tried again next time. */
export function applySending(sender: ParameterSender, { state, rung, bits }: Sending): void {
  const encoding =
    state === 'sent'
      ? {
          active: true,
          scaleResolutionDownBy: rung.scale,
          maxFramerate: rung.frameRate,
          maxBitrate: Math.round(BITS_GRID ** Math.floor(Math.log(Math.max(bits, 1)) / Math.log(BITS_GRID))),
        }
      : { active: false };
  const wanted = JSON.stringify(encoding);
  if (applied.get(sender) === wanted) return;
  applied.set(sender, wanted);
  void setSenderParameters(sender, { encoding }).then((done) => {
    if (!done && applied.get(sender) === wanted) applied.delete(sender);
  });
}
