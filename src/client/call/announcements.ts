import type { Emitter } from '../signaling/emitter.ts';
import type { ServerMessage } from '../signaling/frames.ts';
import type { CallEvents } from '../types.ts';
import type { CallPart, PartDeps } from './part.ts';

interface AnnouncementsDeps extends Pick<PartDeps, 'peers'> {
  readonly emitter: Pick<Emitter<CallEvents>, 'emit'>;
}

/** What the server, a host or a backend tells this side, of which nothing is kept. */
export class Announcements implements CallPart {
  readonly #deps: AnnouncementsDeps;

  constructor(deps: AnnouncementsDeps) {
    this.#deps = deps;
  }

  handle(message: ServerMessage): void {
    const { emitter, peers } = this.#deps;
    if (message.event === 'room:mute') {
      const { kind, from } = message.payload;
      emitter.emit('muterequest', kind, peers().get(from));
    } else if (message.event === 'room:ending') {
      emitter.emit('ending', new Date(message.payload.atMs));
    } else if (message.event === 'room:message') emitter.emit('message', message.payload.data);
  }

  enter(): void {}
}
