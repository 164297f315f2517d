import type { Peer } from '../../protocol/fields.ts';
import type { PictureKind, Quality, ShownPicture } from '../media-types.ts';
import type { Clock } from '../signaling/clock.ts';
import type { ControlChannel } from './control/control-channel.ts';
import type { AskedPicture, ControlMessage } from './control/control-messages.ts';
import { RemoteIdentity } from './remote-identity.ts';
import { Asking } from './shown/asking.ts';
import { Measure } from './shown/measure.ts';
import { type View, Views } from './shown/views.ts';

/** The sizes in which a peer shows this side's pictures; a kind is undefined before the peer's first word: fully shown. */
export type Asked = { readonly [Kind in PictureKind]: AskedPicture | undefined };

type Held = Readonly<Record<PictureKind, boolean>>;

const NOTHING_ASKED: Asked = { camera: undefined, screen: undefined };
const NOTHING_HELD: Held = { camera: false, screen: false };

/** What this side and a peer tell each other about their pictures. */
export abstract class RemoteMedia extends RemoteIdentity {
  readonly #asking: Asking;
  /** Where the peer's pictures are shown. */
  readonly #views: Readonly<Record<PictureKind, Views>>;
  /** End what plays the peer, or measures it. */
  readonly #ends = new Set<() => void>();
  /** What the application says by itself. */
  readonly #said = new Map<PictureKind, View>();
  #asked: Asked = NOTHING_ASKED;
  #quality: Quality | null = null;
  #held: Held = NOTHING_HELD;
  /** What the peer was last told of this side's pictures. */
  #holds: Held = NOTHING_HELD;

  constructor(peer: Peer, clock: Clock) {
    super(peer);
    const asking = new Asking({ clock, send: (message) => this.control?.send(message) === true });
    const viewsOf = (kind: PictureKind) => new Views((shown, atOnce) => asking.want(kind, shown, atOnce));
    this.#asking = asking;
    this.#views = { camera: viewsOf('camera'), screen: viewsOf('screen') };
  }

  get quality(): Quality | null {
    return this.#quality;
  }

  /** What the peer asks of this side. */
  get asked(): Asked {
    return this.#asked;
  }

  get held(): Held {
    return this.#held;
  }

  setShown(kind: PictureKind, shown: ShownPicture | null): void {
    if (shown !== null && !(shown.height >= 0 && shown.height < Number.POSITIVE_INFINITY))
      throw new RangeError(`A picture's height is a number of device pixels, got ${shown.height}.`);
    const view = this.#said.get(kind) ?? this.#views[kind].add();
    this.#said.set(kind, view);
    view.set(shown, true);
  }

  /** Whether this side shows a picture: a peer that was told nothing sends it. */
  shows(kind: PictureKind): boolean {
    return this.#asking.shows(kind);
  }

  /** Which of this side's pictures are held back. */
  get holds(): Held {
    return this.#holds;
  }

  setQuality(quality: Quality | null): void {
    if (quality === this.#quality) return;
    this.#quality = quality;
    this.emitter.emit('quality', quality);
  }

  measure(kind: PictureKind, video: HTMLVideoElement): () => void {
    const measure = new Measure(video, this.#views[kind].add());
    return this.untilGone(() => measure.stop());
  }

  /** Tells the peer which of this side's pictures are held back because the uplink is too slow. */
  hold({ camera, screen }: Held): void {
    if (camera === this.#holds.camera && screen === this.#holds.screen) return;
    this.#holds = { camera, screen };
    this.#tellHeld();
  }

  protected abstract get control(): Pick<ControlChannel, 'send'> | undefined;
  /** The peer asks for pictures in another size. */
  protected abstract noteAsked(): void;

  /** Ends something with the peer, unless the returned function does it before. */
  protected untilGone(end: () => void): () => void {
    this.#ends.add(end);
    return () => {
      if (this.#ends.delete(end)) end();
    };
  }

  /** The channel of a new connection is open: it knows nothing yet. */
  protected tellAll(): void {
    this.#asking.tellAll();
    if (this.#holds.camera || this.#holds.screen) this.#tellHeld();
  }

  /** There is no connection, or a new one: whoever is at its other end has said nothing, and was told nothing. */
  protected forgetControl(): void {
    this.#asking.forget();
    this.#setHeld(NOTHING_HELD);
    if (this.#asked === NOTHING_ASKED) return;
    this.#asked = NOTHING_ASKED;
    this.noteAsked();
  }

  /** The peer is gone for good. */
  protected endMedia(): void {
    this.#asking.close();
    for (const end of this.#ends) end();
    this.#ends.clear();
  }

  protected readControl(message: ControlMessage): void {
    if (message.type === 'held') this.#setHeld(message);
    else {
      this.#asked = { camera: message.camera, screen: message.screen };
      this.noteAsked();
    }
  }

  #tellHeld(): void {
    this.control?.send({ v: 1, type: 'held', ...this.#holds });
  }

  #setHeld({ camera, screen }: Held): void {
    if (camera === this.#held.camera && screen === this.#held.screen) return;
    this.#held = { camera, screen };
    this.emitter.emit('held', this.#held);
  }
}
