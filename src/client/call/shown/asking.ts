import type { PictureKind, ShownPicture } from '../../media-types.ts';
import type { Clock } from '../../signaling/clock.ts';
import { type AskedPicture, type ControlMessage, HEIGHT_MAX } from '../control/control-messages.ts';

/** Milliseconds between two messages: a window that is dragged larger changes its size with each frame. */
export const TELL_MS = 100;
/** Messages within that time that hide pictures, or bring them back, without waiting for it. */
const AT_ONCE = 4;
/** The part of the height that was asked for down to which a smaller picture isn't worth a message. */
const SHRINK = 0.95;

/** What is asked for each picture of a peer. */
type Sizes = Readonly<Record<PictureKind, AskedPicture>>;

/** How a picture comes that nobody has said anything about. */
const WHOLE: AskedPicture = { height: HEIGHT_MAX, first: false };

interface AskingDeps {
  readonly clock: Clock;
  /** @returns false if the message can't be sent now */
  readonly send: (message: ControlMessage) => boolean;
}

/** Tells a peer how large its pictures are shown: only what changes for it, and not with each frame. */
export class Asking {
  readonly #deps: AskingDeps;
  #wanted: Partial<Record<PictureKind, AskedPicture>> = {};
  /** What the peer was told; undefined if it was told nothing. */
  #told: Sizes | undefined;
  /** When the last messages were sent, the oldest first. */
  #sent: number[] = [];
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(deps: AskingDeps) {
    this.#deps = deps;
  }

  /**
   * @param atOnce tells at once if the picture is hidden by this: soon the page may have no timers. A picture that comes back
   *   is always told at once.
   */
  want(kind: PictureKind, shown: ShownPicture, atOnce = false): void {
    const before = this.#wanted[kind];
    const next = askedOf(shown);
    this.#wanted = { ...this.#wanted, [kind]: next };
    const hides = next.height === 0 && before?.height !== 0;
    const returns = next.height > 0 && before?.height === 0;
    if ((returns || (hides && atOnce)) && this.#mayTellAtOnce()) this.#tell();
    else this.#tellSoon();
  }

  shows(kind: PictureKind): boolean {
    return this.#wanted[kind]?.height !== 0;
  }

  /** There is another connection, or none: whoever is at its other end was told nothing. */
  forget(): void {
    this.#told = undefined;
  }

  /** The channel is open. */
  tellAll(): void {
    this.forget();
    this.#tell();
  }

  /** The peer is gone. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
  }

  #stopTimer(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #mayTellAtOnce(): boolean {
    const now = this.#deps.clock.now();
    return this.#sent.filter((at) => Math.abs(now - at) < TELL_MS).length < AT_ONCE;
  }

  #tellSoon(): void {
    if (this.#cancel !== undefined || this.#news() === undefined) return;
    const { clock } = this.#deps;
    const since = Math.abs(clock.now() - (this.#sent.at(-1) ?? 0));
    this.#cancel = clock.after(Math.max(0, TELL_MS - since), () => this.#tell());
  }

  #tell(): void {
    this.#stopTimer();
    const news = this.#news();
    if (news === undefined || !this.#deps.send({ v: 1, type: 'shown', ...news })) return;
    this.#told = news;
    this.#sent = [...this.#sent, this.#deps.clock.now()].slice(-AT_ONCE);
  }

  /** What is to be told; undefined if the peer knows it, or nobody has said anything. */
  #news(): Sizes | undefined {
    if (this.#closed || Object.keys(this.#wanted).length === 0) return undefined;
    const { camera = WHOLE, screen = WHOLE } = this.#wanted;
    const told = this.#told;
    if (told === undefined) return { camera, screen };
    const next = { camera: settled(told.camera, camera), screen: settled(told.screen, screen) };
    return next.camera === told.camera && next.screen === told.screen ? undefined : next;
  }
}

/** Returns what to ask for after `told`: the same object if `wanted` isn't worth a message. */
export function settled(told: AskedPicture, wanted: AskedPicture): AskedPicture {
  const isNear = wanted.height <= told.height && wanted.height >= told.height * SHRINK && wanted.height > 0;
  if (told.height !== wanted.height && !isNear) return wanted;
  return told.first === wanted.first ? told : { height: told.height, first: wanted.first };
}

function askedOf({ height, first = false }: ShownPicture): AskedPicture {
  const rounded = Math.min(HEIGHT_MAX, Math.ceil(height));
  return { height: rounded, first: first && rounded > 0 };
}
