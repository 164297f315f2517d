/** What a key does in a call. `talk` lasts while the key is down. */
export type ShortcutAction =
  | 'mute'
  | 'camera'
  | 'screen'
  | 'talk'
  | 'hand'
  | 'react'
  | 'layout'
  | 'chat'
  | 'people'
  | 'details'
  | 'help';

/** A key press and its context, without the DOM. */
export interface KeyPress {
  /** Physical key, such as `KeyM`, whatever is printed on it. */
  readonly code: string;
  /** What the keyboard layout makes of it: a character or a key name. */
  readonly key: string;
  /** Ctrl, Alt or Meta is down, as in the browser's and the system's own shortcuts. */
  readonly modified: boolean;
  readonly shift: boolean;
  /** A text field has the focus, or a dialog is open. */
  readonly typing: boolean;
  /** A control that Space presses has the focus, and got it by keyboard. After a mouse click, Space is push-to-talk. */
  readonly onControl: boolean;
}

const BY_LETTER: ReadonlyMap<string, ShortcutAction> = new Map([
  ['m', 'mute'],
  ['v', 'camera'],
  ['s', 'screen'],
  ['h', 'hand'],
  ['r', 'react'],
  ['l', 'layout'],
  ['c', 'chat'],
  ['p', 'people'],
  ['d', 'details'],
]);

/** Actions and their keys, in the order of the help dialog. */
export const SHORTCUTS: readonly { readonly action: ShortcutAction; readonly cap: string }[] = [
  { action: 'mute', cap: 'M' },
  { action: 'camera', cap: 'V' },
  { action: 'screen', cap: 'S' },
  { action: 'talk', cap: 'space' },
  { action: 'hand', cap: 'H' },
  { action: 'react', cap: 'R' },
  { action: 'chat', cap: 'C' },
  { action: 'people', cap: 'P' },
  { action: 'layout', cap: 'L' },
  { action: 'details', cap: 'D' },
  { action: 'help', cap: '?' },
];

/** Returns the action of a key press, or null. */
export function shortcutFor(press: KeyPress): ShortcutAction | null {
  if (press.modified || press.typing) return null;
  if (asksForHelp(press)) return 'help';
  if (press.shift) return null;
  if (press.code === 'Space' || press.key === ' ') return press.onControl ? null : 'talk';
  return BY_LETTER.get(letterOf(press)) ?? null;
}

/**
 * Returns the Latin letter of a key, or ''. With a Latin layout (AZERTY, Dvorak) it is the letter that the key types;
 * AZERTY's comma is none, though it is QWERTY's M. With another script, or if the browser doesn't know what the key
 * types, it is QWERTY's letter in that position.
 */
function letterOf({ key, code }: KeyPress): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  const unknown = key === '' || key === 'Unidentified' || key === 'Process';
  if (!unknown && !/^(?!\p{Script=Latin})\p{L}/u.test(key)) return '';
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? '';
}

/** Whether a key types a question mark, or types a comma in its QWERTY position, as Cyrillic layouts do. */
function asksForHelp({ key, code, shift }: KeyPress): boolean {
  return key === '?' || (shift && code === 'Slash' && (key === ',' || key === ''));
}

const TEXT_FIELDS = 'input, textarea, select, [contenteditable], dialog[open] *';
const CONTROLS = 'button, a[href], summary, [role="button"]';

/**
 * @param modal a dialog is open
 * @param byKeyboard the focused element got the focus by keyboard
 */
export function keyPressOf(event: KeyboardEvent, modal: boolean, byKeyboard: boolean): KeyPress {
  const target = event.target instanceof Element ? event.target : null;
  return {
    code: event.code,
    key: event.key,
    modified: event.ctrlKey || event.altKey || event.metaKey,
    shift: event.shiftKey,
    typing: modal || event.isComposing || (target?.matches(TEXT_FIELDS) ?? false),
    onControl: byKeyboard && target !== null && target.closest(CONTROLS) !== null,
  };
}
