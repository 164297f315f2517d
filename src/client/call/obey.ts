import type { MediaState } from '../../protocol/fields.ts';
import type { Emitter } from '../signaling/emitter.ts';
import type { CallEvents } from '../types.ts';
import type { Entry } from './entry.ts';
import type { Publishing } from './publishing.ts';

interface ObeyDeps {
  readonly own: Pick<Publishing, 'media' | 'setMuted' | 'endScreenShare'>;
  readonly entry: Pick<Entry, 'forgetMedia' | 'tellMedia'>;
  readonly emitter: Pick<Emitter<Pick<CallEvents, 'turnedoff' | 'turnonrequest'>>, 'emit'>;
}

const KINDS = ['audio', 'video', 'screen'] as const satisfies readonly (keyof MediaState)[];

/**
 * Obeys a backend that says what this side sends [CT1]: stops at once what is to be off, and asks for what is to be on. It
 * turns nothing on; the others are told what is sent in fact.
 * @param wanted as the others were told
 */
export function obey(wanted: MediaState, { own, entry, emitter }: ObeyDeps): void {
  // What this side told last may have crossed the backend's word.
  entry.forgetMedia();
  const sent = own.media;
  const off = KINDS.filter((kind) => sent[kind] && !wanted[kind]);
  const asked = KINDS.filter((kind) => !sent[kind] && wanted[kind]);
  for (const kind of off) {
    if (kind === 'screen') own.endScreenShare();
    else own.setMuted({ [kind]: true });
  }
  entry.tellMedia(own.media);
  for (const kind of off) emitter.emit('turnedoff', kind);
  for (const kind of asked) emitter.emit('turnonrequest', kind);
}
