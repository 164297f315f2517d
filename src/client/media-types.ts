/** Where a track comes from. */
export type TrackKind = 'microphone' | 'camera' | 'screen' | 'screenAudio';

/** How large a picture is shown to the person. */
export interface ShownPicture {
  /** Device pixels of the whole picture as drawn, cropped parts included: CSS pixels times `devicePixelRatio`. */
  readonly height: number;
  /** Whether it is what the person looks at, such as a pinned tile: it gets what it needs before others. Default: false. */
  readonly first?: boolean | undefined;
}

/** The two pictures of a peer. */
export type PictureKind = 'camera' | 'screen';

/**
 * How much this side may send, to all peers together: `auto` finds out what the line bears; a number is the most, in bits per
 * second; `sound` sends sound alone, neither camera nor share, and the others are told that they are held.
 */
export type UplinkLimit = 'auto' | 'sound' | number;

/** How good a connection is, by what comes in: `fair` has faults that one sees or hears, `poor` hinders talking. */
export type Quality = 'good' | 'fair' | 'poor';

/** How much this side sends, and may. */
export interface UplinkState {
  readonly limit: UplinkLimit;
  /** What this side gives to its pictures and sound now, in bits per second; null while there is nobody to send to. */
  readonly bitsPerSecond: number | null;
}
