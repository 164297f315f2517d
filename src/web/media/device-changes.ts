import type { DeviceChoice, DeviceNews } from './devices.ts';

/** The id under which Chromium lists the system's default device once more. */
const SYSTEM_DEFAULT = 'default';

/** Times within `LOSSES_MS` that a device is opened again by itself after it went away. */
const LOSSES_MOST = 3;
const LOSSES_MS = 10_000;

/** A device as an open track names it; '' where it doesn't. */
export interface OpenDevice {
  readonly id: string;
  readonly label: string;
}

/**
 * What a change of the browser's list means for a device that is open.
 * @param wanted the id of the chosen device, or of the one in use before it went away; '' for the system default
 */
export function newsOf(
  wanted: string,
  used: OpenDevice,
  before: readonly DeviceChoice[],
  now: readonly DeviceChoice[],
): DeviceNews | undefined {
  const has = (list: readonly DeviceChoice[]) => list.some(({ id }) => id === wanted);
  if (wanted !== '' && wanted !== used.id && has(now) && !has(before)) return 'returned';
  if (used.id !== SYSTEM_DEFAULT || used.label === '') return undefined;
  const label = systemLabelOf(now);
  return label === '' || label === used.label ? undefined : 'followed';
}

/** The name of what is the system's default now; '' if the browser doesn't tell. */
export function systemLabelOf(devices: readonly DeviceChoice[]): string {
  return devices.find(({ id }) => id === SYSTEM_DEFAULT)?.label ?? '';
}

/** Whether a device that went away is the one that was opened after it, as with a Bluetooth headset that changes its profile. */
export function isSameDevice(before: OpenDevice, after: OpenDevice): boolean {
  return before.id !== '' && before.id === after.id && before.label === after.label;
}

/** Counts how often a device goes away, so that one that can't be kept isn't opened over and over. */
export class Losses {
  readonly #now: () => number;
  #times: readonly number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes one, and returns whether there were too many lately. */
  note(): boolean {
    const now = this.#now();
    this.#times = [...this.#times.filter((at) => Math.abs(now - at) < LOSSES_MS), now].slice(
      -LOSSES_MOST - 1,
    );
    return this.#times.length > LOSSES_MOST;
  }
}
