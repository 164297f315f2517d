import { isSameDevice, Losses, newsOf, type OpenDevice, systemLabelOf } from './device-changes.ts';
import type { DeviceChoice, DeviceNews, Health } from './devices.ts';

/** Why a device is opened again: it went away, or there is news of another one. */
export type Reason = 'lost' | DeviceNews;

/** What the camera, or the microphone, was before it is opened again. */
export class DeviceMemory {
  readonly #losses: Losses;
  #opened: OpenDevice = { id: '', label: '' };
  /** The device that went away while the person had chosen none; '' if none has. */
  #missed = '';
  /** The name of the system's default that was followed last. */
  #followed = '';

  constructor(now: () => number) {
    this.#losses = new Losses(now);
  }

  /** The device to ask for. @param chosen '' for the system default */
  wanted(chosen: string): string {
    return chosen || this.#missed;
  }

  /** Returns what has become of the device. @param reason undefined: the person asked for it */
  open(device: OpenDevice, reason: Reason | undefined): Health {
    const isSame = isSameDevice(this.#opened, device);
    this.#opened = { id: device.id, label: device.label };
    if (device.id === this.#missed) this.#missed = '';
    if (reason === undefined || isSame) return 'fine';
    return reason === 'lost' ? 'replaced' : reason;
  }

  /** The device went away. Returns whether to leave it at that: it did so too often. */
  lose(chosen: string): boolean {
    if (chosen === '') this.#missed = this.#opened.id;
    return this.#losses.note();
  }

  /** As `newsOf`. */
  newsOf(
    chosen: string,
    before: readonly DeviceChoice[],
    now: readonly DeviceChoice[],
  ): DeviceNews | undefined {
    const news = newsOf(this.wanted(chosen), this.#opened, before, now);
    if (news !== 'followed') return news;
    const label = systemLabelOf(now);
    // Once only, if the browser names the open track in another way than its list does.
    if (label === this.#followed) return undefined;
    this.#followed = label;
    return news;
  }

  /** The person has chosen. */
  forgetMissed(): void {
    this.#missed = '';
  }
}
