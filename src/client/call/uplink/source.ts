import type { Source } from './ladder.ts';

/** What a track is taken for that doesn't say. */
const UNKNOWN: Source = { width: 1_280, height: 720, frameRate: 30 };

/** The size and frame rate of what a track gives. */
export function sourceOf(track: MediaStreamTrack): Source {
  const { width = 0, height = 0, frameRate = 0 } = track.getSettings?.() ?? {};
  const size = width > 0 && height > 0 ? { width, height } : UNKNOWN;
  return {
    width: size.width,
    height: size.height,
    frameRate: frameRate >= 1 ? frameRate : UNKNOWN.frameRate,
  };
}
