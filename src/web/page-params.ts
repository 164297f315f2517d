import { LIMITS } from '../client/index.ts';
import type { Layout } from './call/view-settings.ts';
import { cutText } from './graphemes.ts';
import type { PrefName, Prefs } from './prefs.ts';

/** Parts of a call that a link can leave out. `share`: screen sharing. */
export type Hideable = 'chat' | 'share' | 'people';

/** What a link or a frame says about how the page is to be, as parameters of its address. */
export interface PageParams {
  /** '' if none is given. */
  readonly name: string;
  /** Whether the microphone starts on; null for as this person left it. */
  readonly audio: boolean | null;
  /** Whether the camera starts on; null for as this person left it. */
  readonly video: boolean | null;
  /** A language tag; '' for the browser's. */
  readonly lang: string;
  /** Null for the system's. */
  readonly theme: 'light' | 'dark' | null;
  readonly layout: Layout | null;
  /** Joins without a click if a name is known. */
  readonly skipLobby: boolean;
  readonly hidden: ReadonlySet<string>;
  /** Whether `<parley-call>` made this frame, so that a site will say hello. */
  readonly embedded: boolean;
}

/** Reads the parameters; what is unknown or malformed counts as missing. */
export function pageParamsOf(search: URLSearchParams): PageParams {
  const word = (name: string) => search.get(name)?.trim().toLowerCase() ?? '';
  const isOn = (name: string) => (word(name) === 'off' ? false : word(name) === 'on' ? true : null);
  const hidden = word('hide').split(',');
  const theme = word('theme');
  const layout = word('layout');
  return {
    name: cutText(search.get('name')?.trim() ?? '', LIMITS.displayName.max),
    audio: isOn('audio'),
    video: isOn('video'),
    lang: word('lang'),
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    layout: layout === 'grid' || layout === 'speaker' ? layout : null,
    skipLobby: search.has('skipLobby') && !['0', 'off', 'false'].includes(word('skipLobby')),
    hidden: new Set((['chat', 'share', 'people'] as const).filter((part) => hidden.includes(part))),
    embedded: search.has('embed'),
  };
}

/** Returns preferences in which the parameters win. What they set is not remembered: another site may have chosen it. */
export function prefsUnder({ name, audio, video, layout }: PageParams, prefs: Prefs): Prefs {
  const off = (on: boolean) => (on ? '' : 'yes');
  const given = new Map<PrefName, string>();
  if (name !== '') given.set('name', name);
  if (audio !== null) given.set('microphoneOff', off(audio));
  if (video !== null) given.set('cameraOff', off(video));
  if (layout !== null) given.set('layout', layout);
  return {
    get: (key) => given.get(key) ?? prefs.get(key),
    set(key, value) {
      if (given.has(key)) given.set(key, value);
      else prefs.set(key, value);
    },
  };
}
