/** What a key does in a call. `talk` holds for as long as the key is down. */
export type ShortcutAction = 'mute' | 'camera' | 'screen' | 'talk' | 'details' | 'help';

/** A key press and where it happened, without the DOM. */
export interface KeyPress {
  /** Place of the key, `KeyM`: the same key under every keyboard layout. */
  readonly code: string;
  readonly key: string;
  /** Ctrl, Alt or Meta is down: the browser's and the system's shortcuts are not ours. */
  readonly modified: boolean;
  readonly shift: boolean;
  /** The focus is in something that takes text, or a dialog is open. */
  readonly typing: boolean;
  /** The focus, reached by keyboard, is on a control that the space bar presses. */
  readonly onControl: boolean;
}

const BY_CODE: ReadonlyMap<string, ShortcutAction> = new Map([
  ['KeyM', 'mute'],
  ['KeyV', 'camera'],
  ['KeyS', 'screen'],
  ['KeyD', 'details'],
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
  if (press.key === '?' || (press.shift && press.code === 'Slash')) return 'help';
  if (press.shift) return null;
  if (press.code === 'Space') return press.onControl ? null : 'talk';
  return BY_CODE.get(press.code) ?? null;
}

const TEXT_FIELDS = 'input, textarea, select, [contenteditable], dialog[open] *';
const CONTROLS =
  'button:focus-visible, a:focus-visible, summary:focus-visible, [role="button"]:focus-visible';

/** @param modal a dialog lies over the page */
export function keyPressOf(event: KeyboardEvent, modal: boolean): KeyPress {
  const target = event.target instanceof Element ? event.target : null;
  return {
    code: event.code,
    key: event.key,
    modified: event.ctrlKey || event.altKey || event.metaKey,
    shift: event.shiftKey,
    typing: modal || event.isComposing || (target?.matches(TEXT_FIELDS) ?? false),
    onControl: target?.matches(CONTROLS) ?? false,
  };
}
