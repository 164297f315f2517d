import type { PictureKind, ShownPicture } from '../mesh-types.ts';
import type { ControlChannel } from './control/control-channel.ts';
import type { ControlMessage } from './control/control-messages.ts';
import { RemoteFacts } from './remote-facts.ts';

/** The sizes in which a peer shows this side's pictures; a kind is undefined before the peer's first word: fully shown. */
export type Asked = { readonly [Kind in PictureKind]: ShownPicture | undefined };

const NOTHING_ASKED: Asked = { camera: undefined, screen: undefined };
const NOTHING_HELD = { camera: false, screen: false };

/** What this side and a peer tell each other about their pictures. */
export abstract class RemoteMedia extends RemoteFacts {
  #shown: Asked = NOTHING_ASKED;
  #asked: Asked = NOTHING_ASKED;
  #held: Readonly<Record<PictureKind, boolean>> = NOTHING_HELD;
  /** What the peer was last told of this side's pictures. */
  #holds = NOTHING_HELD;

  /** What the peer asks of this side. */
  get asked(): Asked {
    return this.#asked;
  }

  get held(): Readonly<Record<PictureKind, boolean>> {
    return this.#held;
  }

  setShown(kind: PictureKind, shown: ShownPicture | null): void {
    if (shown !== null && !(shown.height >= 0 && shown.height < Number.POSITIVE_INFINITY))
      throw new RangeError(`A picture's height is a number of device pixels, got ${shown.height}.`);
    this.#shown = { ...this.#shown, [kind]: shown ?? { height: 0 } };
    this.#tellShown();
  }

  /** Tells the peer which of this side's pictures are held back because the uplink is too slow. */
  hold(holds: Readonly<Record<PictureKind, boolean>>): void {
    this.#holds = { camera: holds.camera, screen: holds.screen };
    this.control?.send({ v: 1, type: 'held', ...this.#holds });
  }

  protected abstract get control(): ControlChannel | undefined;
  /** The peer asks for pictures in another size. */
  protected abstract noteAsked(): void;

  /** The channel of a new connection is open: it knows nothing yet. */
  protected tellAll(): void {
    this.#tellShown();
    if (this.#holds.camera || this.#holds.screen) this.hold(this.#holds);
  }

  /** There is no connection, or a new one: whoever is at its other end has said nothing. */
  protected forgetControl(): void {
    this.#asked = NOTHING_ASKED;
    this.#setHeld(NOTHING_HELD);
  }

  protected readControl(message: ControlMessage): void {
    if (message.type === 'held') this.#setHeld(message);
    else {
      this.#asked = { camera: message.camera, screen: message.screen };
      this.noteAsked();
    }
  }

  #tellShown(): void {
    const { camera, screen } = this.#shown;
    if (camera === undefined && screen === undefined) return;
    const whole = { height: 8_640, first: false };
    const picture = (shown: ShownPicture | undefined) =>
      shown === undefined
        ? whole
        : { height: Math.min(whole.height, Math.round(shown.height)), first: shown.first === true };
    this.control?.send({ v: 1, type: 'shown', camera: picture(camera), screen: picture(screen) });
  }

  #setHeld({ camera, screen }: Readonly<Record<PictureKind, boolean>>): void {
    if (camera === this.#held.camera && screen === this.#held.screen) return;
    this.#held = { camera, screen };
    this.emitter.emit('held', this.#held);
  }
}
