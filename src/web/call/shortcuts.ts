/** What a key does in a call. `talk` holds for as long as the key is down. */
export type ShortcutAction = 'mute' | 'camera' | 'screen' | 'talk' | 'details' | 'help';

/** A key press and where it happened, without the DOM. */
export interface KeyPress {
  /** Place of the key on the keyboard, such as `KeyM`, whatever is printed on it. */
  readonly code: string;
  /** What the layout makes of it: a character, or the name of a key. */
  readonly key: string;
  /** Ctrl, Alt or Meta is down: the browser's and the system's shortcuts are not ours. */
  readonly modified: boolean;
  readonly shift: boolean;
  /** The focus is in something that takes text, or a dialog is open. */
  readonly typing: boolean;
  /** The focus is on a control that Space presses, and came there by keyboard. After a mouse click Space talks. */
  readonly onControl: boolean;
}

const BY_LETTER: ReadonlyMap<string, ShortcutAction> = new Map([
  ['m', 'mute'],
  ['v', 'camera'],
  ['s', 'screen'],
  ['d', 'details'],
]);

/** For the help: each action with the caps of its key. */
export const SHORTCUTS: readonly { readonly action: ShortcutAction; readonly cap: string }[] = [
  { action: 'mute', cap: 'M' },
  { action: 'camera', cap: 'V' },
  { action: 'screen', cap: 'S' },
  { action: 'talk', cap: 'space' },
  { action: 'details', cap: 'D' },
  { action: 'help', cap: '?' },
];

/** @returns what the press asks for, or null */
export function shortcutFor(press: KeyPress): ShortcutAction | null {
  if (press.modified || press.typing) return null;
  if (asksForHelp(press)) return 'help';
  if (press.shift) return null;
  if (press.code === 'Space' || press.key === ' ') return press.onControl ? null : 'talk';
  return BY_LETTER.get(letterOf(press)) ?? null;
}

/**
 * The Latin letter of a key. Under a Latin layout it is the letter that the key types, wherever it lies (AZERTY, Dvorak);
 * where the key types a letter of another script, or the browser doesn't know, it is the one that QWERTY has there.
 * @returns '' for none: a key that types a comma under AZERTY is a comma, though QWERTY has M there
 */
function letterOf({ key, code }: KeyPress): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  const unknown = key === '' || key === 'Unidentified' || key === 'Process';
  if (!unknown && !/^(?!\p{Script=Latin})\p{L}/u.test(key)) return '';
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? '';
}

/** The question mark wherever it is typed; under Cyrillic layouts, also where QWERTY has it and a comma is. */
function asksForHelp({ key, code, shift }: KeyPress): boolean {
  return key === '?' || (shift && code === 'Slash' && (key === ',' || key === ''));
}

const TEXT_FIELDS = 'input, textarea, select, [contenteditable], dialog[open] *';
const CONTROLS = 'button, a[href], summary, [role="button"]';

/**
 * @param modal a dialog lies over the page
 * @param byKeyboard the focus came by keyboard to where it is
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
