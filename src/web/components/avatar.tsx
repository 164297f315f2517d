import { useState } from 'preact/hooks';
import { graphemesOf } from '../graphemes.ts';

/** Background colours with a contrast of at least 4.5:1 to white text. */
const COLOURS = ['#1f6b57', '#7b4a86', '#8a5a17', '#3f5f95', '#9a4638', '#5a6722', '#1f6a78', '#96436a'];

interface AvatarProps {
  readonly name: string;
  readonly seed: string;
  /** An https URL of anybody's server. */
  readonly picture?: string | null;
  /** Whether the picture can be shown, as soon as that is known. */
  readonly onPicture?: (loads: boolean) => void;
}

/** A picture, or initials on a coloured disc until it has loaded and if it can't. */
export function Avatar({ name, seed, picture = null, onPicture }: AvatarProps) {
  /** The last picture that has loaded. */
  const [shown, setShown] = useState<string | null>(null);
  const isShown = picture !== null && shown === picture;
  return (
    <span class="avatar" style={{ background: colourOf(seed) }} aria-hidden="true">
      {/* A picture may be transparent. */}
      {isShown ? null : initialsOf(name) || '•'}
      {picture !== null && (
        <img
          key={picture}
          src={picture}
          alt=""
          referrerpolicy="no-referrer"
          decoding="async"
          data-shown={isShown}
          onLoad={() => {
            setShown(picture);
            onPicture?.(true);
          }}
          onError={() => onPicture?.(false)}
        />
      )}
    </span>
  );
}

/** Returns up to two letters of a name, else its first emoji, else ''. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s\-_.]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return firstEmojiOf(name);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words.at(-1) ?? '') : '';
  return [first, last].map((word) => [...word][0]?.toLocaleUpperCase() ?? '').join('');
}

function firstEmojiOf(name: string): string {
  for (const character of graphemesOf(name)) {
    if (/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(character)) return character;
  }
  return '';
}

/** Returns a background colour that depends only on the text. */
export function colourOf(text: string): string {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return COLOURS[sum % COLOURS.length] ?? '#1f6b57';
}
