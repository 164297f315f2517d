import type { TrackKind } from '../../types.ts';
import { linesOf, type MediaSection, payloadTypesOf, sectionsOf } from './lines.ts';

/**
 * What a microphone's Opus is to do (RFC 7587, 7.1): `usedtx` sends next to nothing while nobody speaks, and
 * `useinbandfec` repeats each packet's essence in the next one.
 */
const VOICE = { usedtx: '1', useinbandfec: '1' } as const;

/**
 * Asks for DTX and in-band FEC on the microphones' m-lines. For the peer's description, before it is set: it says how
 * this side is to encode, and browsers have no other way to switch DTX on. All other lines stay as they are, and so do
 * the m-lines of a screen's sound, where DTX would cut quiet music.
 * @param kinds what is sent on which m-line, by mid; without a word about an m-line, the first of audio is the microphone
 */
export function withVoiceCoding(sdp: string, kinds: ReadonlyMap<string, TrackKind>): string {
  const lines = linesOf(sdp);
  const audio = sectionsOf(lines).filter(({ media }) => media === 'audio');
  const microphones = audio.filter(({ mid }, place) => {
    const kind = mid === undefined ? undefined : kinds.get(mid);
    return kind === undefined ? place === 0 : kind === 'microphone';
  });
  // From the last to the first, so that added lines move none of those that are still to be read.
  for (const section of microphones.reverse()) setVoice(lines, section);
  return lines.join('');
}

function setVoice(lines: string[], { start, end }: MediaSection): void {
  for (const type of payloadTypesOf(lines.slice(start, end), 'opus')) {
    const at = findLine(lines, start, end, `a=fmtp:${type} `);
    if (at !== undefined) lines[at] = withParameters(lines[at] ?? '');
    else {
      const map = findLine(lines, start, end, `a=rtpmap:${type} `);
      if (map !== undefined) lines.splice(map + 1, 0, `a=fmtp:${type} ${PARAMETERS}${breakOf(lines[map])}`);
    }
  }
}

const PARAMETERS = Object.entries(VOICE)
  .map(([name, value]) => `${name}=${value}`)
  .join(';');

function findLine(lines: readonly string[], start: number, end: number, begins: string): number | undefined {
  const found = lines.slice(start, end).findIndex((line) => line.startsWith(begins));
  return found === -1 ? undefined : start + found;
}

/** The line with our parameters; the others keep their values and their order. */
function withParameters(line: string): string {
  const ending = breakOf(line);
  const text = line.slice(0, line.length - ending.length);
  const space = text.indexOf(' ');
  const kept = text
    .slice(space + 1)
    .split(';')
    .filter((parameter) => !((parameter.split('=')[0] ?? '').trim().toLowerCase() in VOICE));
  return `${text.slice(0, space + 1)}${[...kept, PARAMETERS].filter((each) => each.trim() !== '').join(';')}${ending}`;
}

function breakOf(line = ''): string {
  return /\r?\n?$/.exec(line)?.[0] ?? '';
}
